import SystemCalls
import Testing

@Test func aThreadRunsItsBodyBeforeJoinReturns() throws {
    let counter = try EventCounter()
    counter.signal()
    counter.reset()
}
