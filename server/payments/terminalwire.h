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

/// The messages that move money, by the protocol's words.
enum class Category { Payment, Reversal };

struct Charge
{
    QString transaction; ///< Our id, as it is printed on the terminal's receipt.
    Money amount;
    Instant at{};
};

/// Money of a payment that goes back to the card it came from. No card is asked for: the terminal knows it by what it
/// called the payment.
struct Reversal
{
    QString transaction; ///< Our id.
    QString original;    ///< Answer::reference of the payment.
    Money amount;
    Instant at{};
};

/// Ten characters of 0-9 and A-V that stand for this text, the same each time.
[[nodiscard]] QString serviceIdOf(const QString &text);

[[nodiscard]] QByteArray payment(const Header &header, const Charge &charge);
[[nodiscard]] QByteArray reversal(const Header &header, const Reversal &reversal);
/// What became of the message `about`.
[[nodiscard]] QByteArray status(const Header &header, Category category, const QString &about);
/// Ends the payment `about`, if it is not done.
[[nodiscard]] QByteArray abort(const Header &header, const QString &about);

struct Answer
{
    enum class Result { Success, Failure };
    Result result = Result::Failure;
    QString condition{}; ///< Of a failure, e.g. `Refusal`, `Busy`, `NotFound`.
    QString words{};     ///< More about it, as the terminal says it.
    /// What the terminal calls the transaction, as `ID@TIME`: it wants both of whoever comes back to it.
    QString reference{};
    std::optional<Money> amount{}; ///< What it took, or gave back.
    bool isAmountUnclear = false;  ///< It says how much, and that is no amount of the currency.
    /// Of a status: the answer that it gave, or would have given, to the message that was asked for.
    bool isRepeated = false;
};

/// InvalidInput for what is no answer to a message of this kind (`Payment`, `Reversal`, `TransactionStatus`, `Abort`)
/// with this ServiceID. A reversal is in the currency of its payment and names none.
[[nodiscard]] parterre::Result<Answer> read(const QByteArray &bytes, const QString &kind, const QString &serviceId,
                                            Currency ofReversal = {});

} // namespace parterre::server::terminalwire
