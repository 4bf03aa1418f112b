/// A variable of the environment that names no proxy that can be used.
///
/// It does not hold the variable's value, which may have a password in it.
package struct ProxyError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// It is nothing like the address of a proxy.
        case malformed
        /// The proxy is to be spoken to by what is not spoken here, such as `socks5`.
        case scheme(String)
    }

    package let variable: String
    package let reason: Reason
}

extension ProxyError: CustomStringConvertible {
    package var description: String {
        let fault =
            switch reason {
            case .malformed: "is no address of a proxy"
            case .scheme(let scheme): "is a proxy for \(scheme), which is not spoken"
            }
        return "\(variable) \(fault); http://[USER:PASSWORD@]HOST[:PORT] was expected"
    }
}
