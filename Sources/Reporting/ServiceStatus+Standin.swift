extension ServiceStatus {
    package var json: String { "{}\n" }
    package var metrics: String { "" }
}
