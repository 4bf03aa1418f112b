internal import HTTP

extension HTTPAnswer {
    /// The status with the beginning of the body.
    var summary: String { summary(saying: AnswerExcerpt(body)) }

    /// The status with what the body says.
    func summary(saying excerpt: AnswerExcerpt) -> String {
        excerpt.text.isEmpty ? "\(status)" : "\(status): \(excerpt.text)"
    }
}
