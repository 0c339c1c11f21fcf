#pragma once

#include <QJsonObject>
#include <QString>

#include <expected>

namespace parterre::psp {

/// An error as the wire tells it: `{"error": {"type", "code", "message", ...}}`.
struct ApiError
{
    int status = 400;
    QString type = QStringLiteral("invalid_request_error");
    QString code{};
    QString message{};
    QString param{};
    QString declineCode{};
    QString charge{};
    QJsonObject paymentIntent{}; ///< As it is after the error.
    /// The endpoint had begun to execute, so the error is kept under the idempotency key and replayed.
    bool began = false;

    [[nodiscard]] QJsonObject body() const;
};

template <class T>
using Reply = std::expected<T, ApiError>;

/// A parameter that cannot be used; nothing was executed.
[[nodiscard]] ApiError badParameter(const QString &param, const QString &code, const QString &message);
/// `kind` in words, e.g. `payment_intent`; 404 as Stripe answers it.
[[nodiscard]] ApiError noSuchObject(const QString &kind, const QString &id,
                                    const QString &param = QStringLiteral("id"));
[[nodiscard]] ApiError idempotencyMismatch(const QString &key);
[[nodiscard]] ApiError idempotencyKeyInUse(const QString &key);
[[nodiscard]] ApiError lockTimeout();
/// The key is not, or no longer, good.
[[nodiscard]] ApiError invalidApiKey();
/// The key is good and may not do this.
[[nodiscard]] ApiError notPermitted();
[[nodiscard]] ApiError tooManyRequests();
[[nodiscard]] ApiError serverError();

} // namespace parterre::psp
