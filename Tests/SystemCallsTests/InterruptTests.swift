import Glibc
import SystemCalls
import SystemPackage
import Testing

/// A system call of the test's own: it gives these answers one after another, an error by its errno.
private struct ScriptedCall {
    var answers: [Result<Int, Errno>]
    var calls = 0

    mutating func call() -> Int {
        calls += 1
        switch answers.isEmpty ? .failure(.badAddress) : answers.removeFirst() {
        case .success(let answer): return answer
        case .failure(let error):
            errno = error.rawValue
            return -1
        }
    }
}

@Test(
    arguments: [
        ([.success(7)], .success(7), 1),
        ([.failure(.interrupted), .success(0)], .success(0), 2),
        (Array(repeating: .failure(.interrupted), count: 100) + [.success(3)], .success(3), 101),
        ([.failure(.noSpace), .success(1)], .failure(.noSpace), 1),
        ([.failure(.interrupted), .failure(.noMemory)], .failure(.noMemory), 2),
        ([.failure(.wouldBlock)], .failure(.wouldBlock), 1),
        ([.success(-2)], .success(-2), 1),
    ] as [([Result<Int, Errno>], Result<Int, Errno>, Int)])
func aCallIsRunAgainOnlyWhileASignalInterruptsIt(
    answers: [Result<Int, Errno>], outcome: Result<Int, Errno>, calls: Int
) {
    var script = ScriptedCall(answers: answers)
    #expect(Result { () throws(Errno) in try retryingInterrupts { script.call() } } == outcome)
    #expect(script.calls == calls)
}

@Test(arguments: [.success(7), .failure(.interrupted), .failure(.noSpace)] as [Result<Int, Errno>])
func aCallThatMustNotBeRepeatedIsRunOnce(answer: Result<Int, Errno>) {
    var script = ScriptedCall(answers: [answer, .success(0)])
    #expect(Result { () throws(Errno) in try once { script.call() } } == answer)
    #expect(script.calls == 1)
}
