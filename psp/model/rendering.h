#pragma once

#include "model/entities.h"

/// The objects as the wire shows them, with the names and nulls of API version `apiVersion`.
namespace parterre::psp {

inline constexpr char apiVersion[] = "2026-10-28.endive";

[[nodiscard]] QJsonObject rendered(const PaymentMethod &method);
/// `baseUrl` is ours: the page of 3-D Secure hangs below it.
[[nodiscard]] QJsonObject rendered(const PaymentIntent &intent, const QString &baseUrl);
[[nodiscard]] QJsonObject rendered(const Charge &charge, const PaymentMethod *method);
[[nodiscard]] QJsonObject rendered(const Refund &refund);
[[nodiscard]] QJsonObject rendered(const Event &event);
/// The same as JSON, which of these three is what the others are read from.
[[nodiscard]] QByteArray renderedText(const PaymentIntent &intent, const QString &baseUrl);
[[nodiscard]] QByteArray renderedText(const Charge &charge, const PaymentMethod *method);
[[nodiscard]] QByteArray renderedText(const Event &event);
enum class Secret { Hidden, Shown };
[[nodiscard]] QJsonObject rendered(const WebhookEndpoint &endpoint, Secret secret);
[[nodiscard]] QJsonObject renderedList(const QString &url, const QJsonArray &data, bool hasMore);

[[nodiscard]] qint64 unixSeconds(Instant instant);

} // namespace parterre::psp
