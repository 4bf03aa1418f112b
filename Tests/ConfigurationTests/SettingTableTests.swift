import Configuration
import Testing

@Test func everyKeyHasOneRowInItsOrder() {
    #expect(Setting.all.map(\.key) == Setting.Key.allCases)
}
