#pragma once

#include "model/books.h"
#include "model/params.h"

#include <chrono>

namespace parterre::psp {

/// What the knobs have decided for one call, so that the model itself throws no dice and a journal can repeat it.
struct Fate
{
    enum class Failure {
        None,
        LockTimeout,     ///< 429, nothing executed.
        TooManyRequests, ///< 429, nothing executed.
        KeyInUse,        ///< 409, nothing executed.
        ErrorInstead,    ///< 500 that is kept under the key; nothing was done.
        ErrorAfterwards, ///< 500 that is kept under the key; everything was done.
        NotPermitted,    ///< 403, nothing executed.
    };
    Failure failure = Failure::None;
    QString declineCode{};                   ///< The next try of a card is declined with it.
    std::chrono::milliseconds processing{0}; ///< The next try of a card is in `processing` for so long.

    [[nodiscard]] QJsonObject toJson() const;
    [[nodiscard]] static Fate fromJson(const QJsonObject &object);
};

/// The life of a PaymentIntent (see entities.h). Each function is one transition with its events.
class Intents
{
public:
    explicit Intents(Books &books)
        : m_books(books)
    {}

    // What these answer is JSON.
    [[nodiscard]] Reply<QByteArray> create(Params &params, const Fate &fate, const Cause &cause);
    [[nodiscard]] Reply<QByteArray> update(const QString &id, Params &params, const Cause &cause);
    [[nodiscard]] Reply<QByteArray> confirm(const QString &id, Params &params, const Fate &fate, const Cause &cause);
    [[nodiscard]] Reply<QByteArray> capture(const QString &id, Params &params, const Cause &cause);
    [[nodiscard]] Reply<QByteArray> cancel(const QString &id, Params &params, const Cause &cause);
    [[nodiscard]] Reply<QJsonObject> createMethod(Params &params, const Cause &cause);

    enum class Holder { Confirms, Refuses };
    /// The holder of the card has answered the page of 3-D Secure. False where the page is outdated.
    bool answerAction(PaymentIntent &intent, Holder holder, const Cause &cause);
    /// Ends `processing`, and gives an authorisation back that was never captured.
    void settle(PaymentIntent &intent, const Cause &cause);

private:
    struct Confirmation
    {
        QString method; ///< Empty: the one that the intent has.
        QString returnUrl;
        bool isOffSession = false;
        bool refusesAction = false;
    };
    [[nodiscard]] static Confirmation readConfirmation(Params &params);
    [[nodiscard]] Reply<PaymentMethod *> method(const QString &idOrToken, const Cause &cause);
    [[nodiscard]] Reply<PaymentMethod *> methodFromData(const QJsonObject &data, const QString &name,
                                                        const Cause &cause);
    [[nodiscard]] Reply<QString> givenMethod(Params &params, const QString &id, const QJsonObject &data,
                                             const Cause &cause);
    [[nodiscard]] Reply<QByteArray> confirmed(PaymentIntent &intent, const Confirmation &how, const Fate &fate,
                                              const Cause &cause);
    [[nodiscard]] Reply<void> tryCard(PaymentIntent &intent, const Fate &fate, const Cause &cause);
    [[nodiscard]] ApiError decline(PaymentIntent &intent, const TestCard &reason, const Cause &cause);
    [[nodiscard]] ApiError refuseHolder(PaymentIntent &intent, const TestCard &card, const Cause &cause);
    void approve(PaymentIntent &intent, const Cause &cause);
    void askHolder(PaymentIntent &intent, const Cause &cause);
    [[nodiscard]] ApiError wrongState(const PaymentIntent &intent, const QString &message) const;
    Charge &addCharge(const PaymentIntent &intent, const Cause &cause);
    void setDue(PaymentIntent &intent, Instant due);
    void giveUp(PaymentIntent &intent, const QString &reason, const Cause &cause);

    Books &m_books;
};

} // namespace parterre::psp
