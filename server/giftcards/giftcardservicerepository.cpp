#include "giftcards/giftcardservice.h"

#include "base/assert.h"
#include "db/database.h"
#include "db/transaction.h"
#include "identity/failurethrottle.h"
#include "identity/tokens.h"
#include "payments/providerstate.h"
#include "runtime/faultpoint.h"

#include <QLoggingCategory>

#include <algorithm>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.giftcards")

using Steady = std::chrono::steady_clock;

constexpr Seconds secondsBetweenQuestions{30};

std::unexpected<Error> noSuchCard()
{
    return refuse(ErrorCode::NotFound, u"There is no such gift card."_s, u"/card"_s);
}

/// As IdentityService tells of other things that only a supervisor may do.
std::unexpected<Error> askASupervisor()
{
    return refuse(ErrorCode::Forbidden, u"A supervisor or a manager must do this. Ask one to sign in."_s);
}

QString newCode(Transaction &transaction, const GiftCardId &card)
{
    const QString code = giftCardCode(tokens::readableCode(limits::giftCardCodeCharacters - 1));
    giftcards::setCode(transaction, card, code);
    return giftCardCodeText(code);
}

IssuedGiftCard issuedView(Transaction &transaction, const GiftCardId &card, std::optional<QString> code)
{
    auto view = giftcards::view(transaction, card);
    PT_ASSERT(view.has_value(), "a gift card is never deleted");
    const auto sale = giftcards::findSale(transaction, card);
    const Money change = sale ? sale->change : Money(0, view->amount.currency());
    return {.card = *std::move(view), .code = std::move(code), .change = change};
}

ProviderPayment asTerminalKnowsIt(const GiftCardSaleRow &sale)
{
    return {.id = sale.id,
            .amount = sale.amount,
            .reference = sale.providerReference,
            .madeAt = sale.createdAt,
            .instrument = sale.terminal};
}

Error notCharged(const QString &reason)
{
    return {.code = ErrorCode::PaymentDeclined,
            .message = (reason.isEmpty() ? u"The card was not charged."_s : reason) +
                       u" No gift card was sold. Begin again with another card, or take cash."_s};
}

} // namespace

class GiftCardService::Private
{
public:
    Private(Database &db, Seconds deadline)
        : database(db)
        , paymentDeadline(deadline)
    {}

    Database &database;
    const Seconds paymentDeadline;
    CardTerminals noTerminals{CardTerminalsConfig{}};
    CardTerminals *terminals = &noTerminals;
    FailureThrottle parties{GiftCardService::failuresOfPartyMax};
    FailureThrottle peers{FailureThrottle::failuresOfAddressMax};
};

GiftCardService::GiftCardService(Database &database, Seconds paymentDeadline)
    : m_private(std::make_unique<Private>(database, paymentDeadline))
{}

GiftCardService::~GiftCardService() = default;

void GiftCardService::useTerminals(CardTerminals &terminals)
{
    m_private->terminals = &terminals;
}

Result<IssuedGiftCard> GiftCardService::issue(const GiftCardActor &actor, const CommandKey &key,
                                              const IssueGiftCard &command)
{
    PT_CHECK(checkIssue(command, actor));
    if (command.terminal && m_private->terminals->names().isEmpty())
        return refuse(ErrorCode::NotFound, u"This box office has no card terminal."_s, u"/terminal"_s);
    std::optional<GiftCardSaleRow> running;
    PT_TRY(IssuedGiftCard issued,
           flattened(m_private->database.transact([&](Transaction &transaction) -> Result<Result<IssuedGiftCard>> {
               running.reset();
               PT_TRY(const auto begun, commandlog::begin(transaction, key));
               if (!begun.isNew) {
                   if (begun.outcome && begun.outcome->contains(u"refused"_s))
                       return commandlog::outcomeFromJson<IssuedGiftCard>(*begun.outcome);
                   return issuedBefore(transaction, actor, command.card);
               }
               Result<IssuedGiftCard> made = issueLocked(transaction, actor, command);
               Result<IssuedGiftCard> kept = made;
               if (kept)
                   kept->code.reset(); // The log would keep it in the clear.
               commandlog::finish(transaction, key, commandlog::outcomeToJson(kept));
               if (made && command.terminal)
                   running = giftcards::findSale(transaction, command.card);
               return made;
           })));
    if (!running)
        return issued;
    return settle(running->id, running->card, charge(*running), true);
}

Result<IssuedGiftCard> GiftCardService::issueLocked(Transaction &transaction, const GiftCardActor &actor,
                                                    const IssueGiftCard &command)
{
    if (!giftcards::isCurrencyOfAHouse(transaction, command.amount.currency()))
        return refuse(ErrorCode::InvalidInput, u"No house here takes %1."_s.arg(command.amount.currency().code()),
                      u"/amount/currency"_s);
    if (giftcards::isKnown(transaction, command.card))
        return refuse(ErrorCode::KeyReused, u"There is a gift card with this id already."_s, u"/card"_s);
    if (giftcards::isSaleKnown(transaction, command.payment))
        return refuse(ErrorCode::KeyReused, u"There is a payment with this id already."_s, u"/payment"_s);
    const Money none(0, command.amount.currency());
    Money change = none;
    if (command.tendered) {
        PT_TRY(change, cashChange(command.amount, *command.tendered));
    }
    const Instant now = transaction.now();
    const bool isRunning = command.terminal.has_value();
    const GiftCardRow card{.id = command.card,
                           .kind = command.kind,
                           .state = isRunning ? GiftCardState::Unpaid : GiftCardState::Active,
                           .amount = command.amount,
                           .expiresAt = now + std::chrono::days(command.daysValid),
                           .reason = command.reason.trimmed(),
                           .principal = actor.principal};
    giftcards::insert(transaction, card, now);
    const PaymentMethod method = isRunning ? PaymentMethod::Terminal : PaymentMethod::Cash;
    if (command.kind == GiftCardKind::GiftCard) {
        giftcards::insertSale(transaction, {.id = command.payment,
                                            .card = card.id,
                                            .method = method,
                                            .state = isRunning ? PaymentState::Authorising : PaymentState::Captured,
                                            .amount = command.amount,
                                            .tendered = command.tendered.value_or(none),
                                            .change = change,
                                            .terminal = command.terminal.value_or(QString()),
                                            .deadline = now + m_private->paymentDeadline,
                                            .createdAt = now});
    }
    if (isRunning)
        return issuedView(transaction, card.id, std::nullopt);
    giftcards::enterIssue(transaction, card,
                          command.kind == GiftCardKind::GiftCard ? std::optional(method) : std::nullopt, now);
    const QString code = newCode(transaction, card.id);
    return issuedView(transaction, card.id, code);
}

Result<IssuedGiftCard> GiftCardService::issuedBefore(Transaction &transaction, const GiftCardActor &actor,
                                                     const GiftCardId &id)
{
    const auto card = giftcards::lock(transaction, id);
    if (!card)
        return noSuchCard();
    const auto sale = giftcards::findSale(transaction, id);
    if (card->state == GiftCardState::Void)
        return refuse(notCharged(sale ? sale->failure : QString()));
    const bool mayHaveCode = card->state == GiftCardState::Active && card->principal == actor.principal &&
                             giftcards::isUntouched(transaction, id);
    if (!mayHaveCode)
        return issuedView(transaction, id, std::nullopt);
    const QString code = newCode(transaction, id);
    return issuedView(transaction, id, code);
}

Status GiftCardService::stopSale(const GiftCardActor &actor, const PaymentId &payment)
{
    PT_TRY(const auto sale,
           m_private->database.transact([&](Transaction &transaction) -> Result<std::optional<GiftCardSaleRow>> {
               return giftcards::findSaleOf(transaction, actor.principal, payment);
           }));
    if (!sale || sale->method != PaymentMethod::Terminal)
        return refuse(ErrorCode::NotFound, u"There is no such payment at a terminal."_s, u"/payment"_s);
    if (!isSettled(sale->state))
        (void)m_private->terminals->cancel(asTerminalKnowsIt(*sale)); // Who waits for the payment hears the end.
    return {};
}

Result<IssuedGiftCard> GiftCardService::renewCode(const GiftCardActor &actor, const GiftCardId &id)
{
    return m_private->database.transact([&](Transaction &transaction) -> Result<IssuedGiftCard> {
        const auto card = giftcards::lock(transaction, id);
        if (!card)
            return noSuchCard();
        const bool isOwnSale = card->principal == actor.principal && giftcards::isUntouched(transaction, id);
        if (!actor.isSupervisor && !isOwnSale)
            return askASupervisor();
        if (card->state != GiftCardState::Active)
            return refuse(ErrorCode::WrongState, u"This card is not good, so it gets no new code."_s, u"/card"_s);
        const QString code = newCode(transaction, id);
        return issuedView(transaction, id, code);
    });
}

Result<GiftCardView> GiftCardService::setBlocked(const GiftCardActor &actor, const CommandKey &key,
                                                 const BlockGiftCard &command)
{
    if (!actor.isSupervisor)
        return askASupervisor();
    if (command.reason.trimmed().isEmpty())
        return refuse(ErrorCode::InvalidInput, u"Say why."_s, u"/reason"_s);
    return flattened(m_private->database.transact([&](Transaction &transaction) {
        return commandlog::runOnce<GiftCardView>(transaction, key, [&](Transaction &inner) -> Result<GiftCardView> {
            const auto card = giftcards::lock(inner, command.card);
            if (!card)
                return noSuchCard();
            PT_TRY(const GiftCardState state, decideBlock(card->state, command.isBlocked));
            giftcards::setState(inner, card->id, state, command.isBlocked ? command.reason.trimmed() : QString());
            return *giftcards::view(inner, card->id);
        });
    }));
}

Result<GiftCardView> GiftCardService::find(const GiftCardId &card)
{
    return m_private->database.transact([&](Transaction &transaction) -> Result<GiftCardView> {
        auto view = giftcards::view(transaction, card);
        if (!view)
            return noSuchCard();
        return *std::move(view);
    });
}

Result<std::vector<GiftCardView>> GiftCardService::search(const QString &text, int countMax)
{
    const QString typed = text.trimmed();
    const auto code = readGiftCardCode(typed);
    if (!code && !typed.isEmpty() && typed.size() != limits::giftCardCharactersShown)
        return refuse(code.error());
    return m_private->database.transact([&](Transaction &transaction) -> Result<std::vector<GiftCardView>> {
        if (!code)
            return giftcards::list(transaction, typed.toUpper(), countMax);
        const auto card = giftcards::findByCode(transaction, *code);
        std::vector<GiftCardView> found;
        if (card)
            found.push_back(*giftcards::view(transaction, card->id));
        return found;
    });
}

Status GiftCardService::checkPace(const SaleParty &party, const QString &peer)
{
    const auto now = Steady::now();
    const int seconds =
        std::max(m_private->parties.waitSeconds(party.owner, now), m_private->peers.waitSeconds(peer, now));
    if (seconds == 0)
        return {};
    return refuse(
        Error{.code = ErrorCode::RateLimited,
              .message = u"Too many codes that were not right. Wait %1 seconds, then try again."_s.arg(seconds),
              .retryAfterSeconds = seconds});
}

void GiftCardService::guessedWrong(const SaleParty &party, const QString &peer)
{
    const auto now = Steady::now();
    m_private->parties.failed(party.owner, now);
    m_private->peers.failed(peer, now);
}

Result<GiftCardBalance> GiftCardService::balance(const SaleParty &party, const QString &typed, const QString &peer)
{
    PT_TRY(const QString code, readGiftCardCode(typed));
    PT_CHECK(checkPace(party, peer));
    Instant now;
    PT_TRY(const auto card,
           m_private->database.transact([&](Transaction &transaction) -> Result<std::optional<GiftCardRow>> {
               now = transaction.now();
               return giftcards::findByCode(transaction, code);
           }));
    if (!card) {
        guessedWrong(party, peer);
        return refuse(ErrorCode::NotFound, u"No gift card has this code. Check it and type it again."_s, u"/code"_s);
    }
    const GiftCardFacts facts = card->facts();
    return GiftCardBalance{.kind = card->kind,
                           .state = card->state,
                           .lastFour = card->lastFour,
                           .available = availableOf(facts, now),
                           .expiresAt = card->expiresAt,
                           .isExpired = card->expiresAt <= now};
}

ProviderAnswer GiftCardService::charge(const GiftCardSaleRow &sale)
{
    (void)faultPoint("payment_started");
    ProviderPayment payment = asTerminalKnowsIt(sale);
    ProviderAnswer answer = m_private->terminals->authorise(payment, sale.terminal);
    if (answer.state == ProviderState::Authorised) { // Most terminals have captured it already.
        payment.reference = answer.reference;
        answer = m_private->terminals->capture(payment);
    }
    (void)faultPoint("payment_captured");
    return answer;
}

ProviderAnswer GiftCardService::chargeAgain(const GiftCardSaleRow &sale)
{
    ProviderPayment payment = asTerminalKnowsIt(sale);
    const ProviderAnswer known = m_private->terminals->query(payment);
    payment.reference = known.reference.isEmpty() ? payment.reference : known.reference;
    if (known.state == ProviderState::Authorised)
        return m_private->terminals->capture(payment);
    return known.state == ProviderState::Unknown ? m_private->terminals->cancel(payment) : known;
}

Result<IssuedGiftCard> GiftCardService::settle(const PaymentId &id, const GiftCardId &cardId,
                                               const ProviderAnswer &answer, bool isCustomerHere)
{
    PaymentState state = PaymentState::InDoubt;
    const auto settled = m_private->database.transact([&](Transaction &transaction) -> Result<IssuedGiftCard> {
        const auto card = giftcards::lock(transaction, cardId);
        auto sale = giftcards::findSale(transaction, cardId);
        PT_ASSERT(card && sale && sale->id == id, "a sale is in the database before the terminal hears of it");
        std::optional<QString> code;
        if (!isSettled(sale->state)) { // Else another node was quicker.
            PT_TRY(sale->state, decidePayment(sale->state, paymentStateAfter(answer)));
            const Instant now = transaction.now();
            if (!answer.reference.isEmpty())
                sale->providerReference = answer.reference;
            sale->failure = answer.reason;
            if (sale->state == PaymentState::InDoubt)
                sale->deadline = now + secondsBetweenQuestions;
            giftcards::updateSale(transaction, *sale, now);
            if (sale->state == PaymentState::Captured) {
                giftcards::setState(transaction, cardId, GiftCardState::Active);
                giftcards::enterIssue(transaction, *card, sale->method, now);
                if (isCustomerHere)
                    code = newCode(transaction, cardId);
            } else if (isSettled(sale->state)) {
                giftcards::setState(transaction, cardId, GiftCardState::Void);
            }
        }
        state = sale->state;
        return issuedView(transaction, cardId, std::move(code));
    });
    if (!settled) {
        qCWarning(log) << "The sale of a gift card" << id.text()
                       << "is left to the reconciler:" << settled.error().message;
        return refuse(ErrorCode::PaymentInDoubt, u"The payment is being checked. Do not charge the customer again."_s);
    }
    if (isSettled(state) && state != PaymentState::Captured && isCustomerHere)
        return refuse(notCharged(answer.reason));
    return settled;
}

Result<int> GiftCardService::settleOverdue(int countMax)
{
    PT_TRY(const auto overdue,
           m_private->database.transact([&](Transaction &transaction) -> Result<std::vector<GiftCardSaleRow>> {
               return giftcards::claimOverdueSales(transaction, static_cast<int>(secondsBetweenQuestions.count()),
                                                   countMax);
           }));
    int ended = 0;
    for (const GiftCardSaleRow &sale : overdue) {
        const auto settled = settle(sale.id, sale.card, chargeAgain(sale), false);
        ended += settled && settled->card.state != GiftCardState::Unpaid ? 1 : 0;
    }
    return ended;
}

} // namespace parterre::server
