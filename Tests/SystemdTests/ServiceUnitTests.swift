import Testing

@testable import Systemd

@Test(arguments: [
    ("0::/system.slice/telltale.service\n", "telltale.service"),
    ("4:memory:/x/y\n0::/system.slice/system-telltale.slice/telltale@a.service\n", "telltale@a.service"),
    ("0::/user.slice/user-0.slice/session-3.scope\n", nil),
    ("0::/user.slice/user-7.slice/user@7.service/app.slice/run-1.scope\n", nil), ("0::/\n", nil), ("", nil),
])
func theServiceIsTheLastGroupOfAPath(groups: String, unit: String?) {
    #expect(ServiceUnit.name(in: groups) == unit)
}
