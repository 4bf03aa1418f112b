/// What happens to events beyond the cap.
package enum OverCap: String, CaseIterable, Sendable {
    /// They are dropped, counted and reported, as the contract with publishers says.
    case drop
    /// They wait in the spool until the window allows them.
    case hold
}
