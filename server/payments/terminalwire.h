#pragma once

#include "base/clock.h"
#include "base/money.h"
#include "base/result.h"

#include <QByteArray>
#include <QString>

#include <optional>

/// The messages of nexo Retailer that a till sends to a card terminal, in JSON. Pure.
///
/// A payment's ServiceID is made of our payment id, so a terminal can be asked for it ever after; it is ten characters
/// by the protocol, and the same payment has always the same.
namespace parterre::server::terminalwire {

/// Of every request: who speaks to which terminal, and in which message.
struct Header
{
    QString serviceId; ///< Of this message.
    QString terminal;
};

struct Charge
{
    QString transaction; ///< Our id, as it is printed on the terminal's receipt.
    Money amount;
    Instant at{};
    bool isRefund = false;
};

/// Ten characters of 0-9 and A-V that stand for this text, the same each time.
[[nodiscard]] QString serviceIdOf(const QString &text);

[[nodiscard]] QByteArray payment(const Header &header, const Charge &charge);
/// What became of the message `about`.
[[nodiscard]] QByteArray status(const Header &header, const QString &about);
/// Ends the message `about`, if it is not done.
[[nodiscard]] QByteArray abort(const Header &header, const QString &about);

struct Answer
{
    enum class Result { Success, Failure };
    Result result = Result::Failure;
    QString condition{};           ///< Of a failure, e.g. `Refusal`, `Busy`, `NotFound`.
    QString words{};               ///< More about it, as the terminal says it.
    QString reference{};           ///< The terminal's own id of the transaction.
    std::optional<Money> amount{}; ///< What it took.
    /// Of a status: the answer that it gave, or would have given, to the message that was asked for.
    bool isRepeated = false;
};

/// InvalidInput for what is no answer to a message of this category (`Payment`, `TransactionStatus`, `Abort`) with this
/// ServiceID.
[[nodiscard]] parterre::Result<Answer> read(const QByteArray &bytes, const QString &category, const QString &serviceId);

} // namespace parterre::server::terminalwire
