#include "notifications/mailservice.h"

#include "db/database.h"
#include "notifications/mailrepository.h"
#include "notifications/refundmail.h"
#include "notifications/ticketmail.h"
#include "receipts/receiptpdf.h"
#include "runtime/periodictask.h"
#include "runtime/workerpool.h"
#include "ticketing/mailsheets.h"
#include "ticketing/ticketpdf.h"
#include "ticketing/ticketservice.h"

#include <QLoggingCategory>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

namespace parterre::server {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.mail")

/// How long a claimed mail is kept from others: longer than any try may last, so that nobody sends it meanwhile.
constexpr std::chrono::milliseconds lease = 180s;
/// What a mail server does not take in this time when we stop is tried again after our next start: whoever restarts a
/// server does not wait for a stranger's.
constexpr std::chrono::milliseconds stopTime = 3s;
/// As long as mail servers try for their own users (RFC 5321 section 4.5.4.1 asks for days).
constexpr std::chrono::hours tryingMax{48};
/// So that no thread waits for the next claim where mails take long to be taken, and where they do not, so that many
/// share the statements of one.
constexpr int claimedPerThread = 2;
constexpr int claimedPerThreadMax = 8;
constexpr std::chrono::milliseconds quickMail = 250ms;
/// A mail whose turn comes later than this after its claim is left to the next one: it has to be done within the lease.
constexpr std::chrono::milliseconds turnMax = 90s;
/// What was read with the claim is read again after this: a ticket may have been replaced meanwhile.
constexpr std::chrono::milliseconds sheetAgeMax = 2s;
/// What was sent is written down as often as this where nothing is claimed meanwhile.
constexpr std::chrono::milliseconds writeInterval = 200ms;

std::chrono::milliseconds backOff(int attempts)
{
    return std::min<std::chrono::milliseconds>(std::chrono::seconds(1 << std::clamp(attempts - 1, 0, 10)), 5min);
}

/// A mail that cannot be made is no better tomorrow; only what our own services lack may be.
bool isPassing(const Error &error)
{
    return error.code == ErrorCode::Overloaded || error.code == ErrorCode::Unavailable ||
           error.code == ErrorCode::OutcomeUnknown;
}

} // namespace

/// A mail that is ours to send, and what it was to say when it was claimed.
struct MailJob
{
    mails::Claimed claimed;
    Result<tickets::OrderSheet> sheet; ///< Of one that brings tickets.
    std::chrono::steady_clock::time_point claimedAt{};

    [[nodiscard]] bool bringsTickets() const
    {
        return claimed.kind != MailKind::Refunded && claimed.kind != MailKind::Voided;
    }

    [[nodiscard]] bool isOlderThan(std::chrono::milliseconds age) const
    {
        return std::chrono::steady_clock::now() - claimedAt > age;
    }
};

class MailService::Private
{
public:
    Private(Database &database, TicketService &tickets, std::unique_ptr<MailTransport> transport, MailOptions options)
        : m_database(database)
        , m_tickets(tickets)
        , m_transport(std::move(transport))
        , m_options(std::move(options))
        , m_workers(m_options.connectionsMax, m_options.connectionsMax)
        , m_task(u"mail"_s, m_options.lookInterval, [this] { run(); })
    {}

    [[nodiscard]] Database &database() { return m_database; }
    [[nodiscard]] PeriodicTask &task() { return m_task; }
    [[nodiscard]] const MailTransport &transport() const { return *m_transport; }
    void stop()
    {
        m_isStopping = true;
        m_transport->endWithin(stopTime);
        m_task.stop();
        m_workers.stop();
        run();
        run(); // To keep what the last ones have sent, and to write it down.
    }

    [[nodiscard]] Status hear(std::span<const OutboxFact> facts);

private:
    void run();
    void sendAll(std::vector<MailJob> claimed);
    void keep();
    [[nodiscard]] std::vector<MailJob> claim(Transaction &transaction, const mails::ClaimLimits &limits);
    /// So that at least half of the threads are there for sales, or the next one that comes free.
    [[nodiscard]] int refundsMax() const
    {
        return std::max(0, std::max(1, m_options.connectionsMax / 2) - m_refundsUnderWay);
    }
    void send(MailJob &job);
    [[nodiscard]] Result<MailMessage> ticketMessage(MailJob &job, const MailHead &head);
    [[nodiscard]] Result<MailMessage> refundMessage(const mails::Claimed &claimed, const MailHead &head);
    [[nodiscard]] Result<MailMessage> voidedMessage(const mails::Claimed &claimed, const MailHead &head);
    [[nodiscard]] Result<OutgoingMail> compose(MailJob &job);
    [[nodiscard]] MailOutcome tried(MailJob &job);
    void writeDown(const mails::Claimed &claimed, const MailOutcome &outcome);
    [[nodiscard]] std::vector<QUuid> takeSent()
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_sent, {});
    }

    Database &m_database;
    TicketService &m_tickets;
    std::unique_ptr<MailTransport> m_transport;
    MailOptions m_options;
    std::atomic<int> m_underWay = 0;
    std::atomic<int> m_refundsUnderWay = 0; ///< Of these.
    std::atomic<int> m_perThread = claimedPerThread;
    std::atomic<bool> m_isStopping = false;
    std::mutex m_mutex;
    std::chrono::steady_clock::time_point m_nextWrite{};
    std::vector<QUuid> m_sent; ///< Not kept yet, which may wait for a disk: done for many at once.
    std::vector<QUuid> m_kept; ///< Not written down yet: with the next claim. The task's alone.
    WorkerPool m_workers;
    PeriodicTask m_task; ///< Last, so that its thread has ended before anything it uses goes.
};

Status MailService::Private::hear(std::span<const OutboxFact> facts)
{
    const auto idOf = [](const OutboxFact &fact, const QString &name) {
        return uuidFromText(fact.payload.value(name).toString());
    };
    PT_TRY(const bool isQueued, m_database.transact([&](Transaction &transaction) -> Result<bool> {
        std::vector<mails::ConfirmedOrder> orders;
        bool isAny = false;
        for (const OutboxFact &fact : facts) {
            if (const auto order = idOf(fact, u"order"_s); order && fact.topic == u"order.confirmed")
                orders.push_back({.order = OrderId(*order), .fact = fact.id});
            if (const auto ticket = idOf(fact, u"ticket"_s); ticket && fact.topic == u"ticket.reissued") {
                const bool isPassedOn = fact.payload.value(u"reason"_s).toString() == u"transferred";
                isAny |= mails::queueForHolder(transaction, TicketId(*ticket),
                                               isPassedOn ? MailKind::Transferred : MailKind::Reissued, fact.id);
                if (const auto replaced = idOf(fact, u"replaces"_s))
                    isAny |= mails::queueForFormerHolder(transaction, TicketId(*replaced), TicketId(*ticket), fact.id);
            }
            if (const auto refund = idOf(fact, u"refund"_s); refund && fact.topic == u"order.refunded")
                isAny |= mails::queueForRefund(transaction, RefundId(*refund), fact.id, m_options.providerPatience);
        }
        return (!orders.empty() && mails::queueForBuyers(transaction, orders)) || isAny;
    }));
    if (isQueued)
        m_task.wake();
    return {};
}

void MailService::Private::run()
{
    // As many as keep every thread busy until the next claim, and not one at a time as each comes free.
    const int underWay = m_underWay;
    const bool mayClaim = !m_isStopping && underWay <= m_options.connectionsMax;
    const auto now = std::chrono::steady_clock::now();
    if (!mayClaim && !m_isStopping && now < m_nextWrite)
        return; // The next claim, or the next look, writes down what was sent.
    m_nextWrite = now + writeInterval;
    if (underWay == 0)
        keep(); // Nothing could go on while a disk is waited for.
    const std::vector<QUuid> sent = std::exchange(m_kept, {});
    if (mayClaim || !sent.empty()) {
        auto claimed = m_database.transact([&](Transaction &transaction) -> Result<std::vector<MailJob>> {
            if (!sent.empty())
                mails::sent(transaction, sent);
            if (!mayClaim)
                return std::vector<MailJob>();
            return claim(transaction,
                         {.countMax = m_perThread * m_options.connectionsMax - underWay, .ofRefundsMax = refundsMax()});
        });
        if (!claimed) {
            qCWarning(log) << "Mails wait:" << claimed.error().message;
            m_kept = sent; // Should it not be written before their leases end, they are sent again.
            return;
        }
        sendAll(*std::move(claimed));
    }
    keep();
    if (!m_kept.empty())
        m_task.wake();
}

void MailService::Private::sendAll(std::vector<MailJob> claimed)
{
    for (MailJob &job : claimed) {
        ++m_underWay;
        m_refundsUnderWay += job.claimed.refund ? 1 : 0;
        m_workers.run([this, mine = std::move(job)]() mutable {
            send(mine);
            m_refundsUnderWay -= mine.claimed.refund ? 1 : 0;
            // Only when a claim may follow; what was sent is written down with that, or with the next look.
            if (--m_underWay <= m_options.connectionsMax)
                m_task.wake();
        });
    }
}

void MailService::Private::keep()
{
    const std::vector<QUuid> sent = takeSent();
    if (sent.empty())
        return;
    if (const Status kept = m_transport->keep(); !kept) {
        qCWarning(log) << "Mails are sent again, since they could not be kept:" << kept.error().message;
        return; // When their leases end.
    }
    m_kept.insert(m_kept.end(), sent.begin(), sent.end());
}

std::vector<MailJob> MailService::Private::claim(Transaction &transaction, const mails::ClaimLimits &limits)
{
    std::vector<tickets::MailWanted> wanted;
    std::vector<MailJob> jobs;
    const auto now = std::chrono::steady_clock::now();
    for (mails::Claimed &mail : mails::claim(transaction, lease, tryingMax, limits)) {
        jobs.push_back({.claimed = std::move(mail), .sheet = {}, .claimedAt = now});
        if (jobs.back().bringsTickets())
            wanted.push_back({.order = jobs.back().claimed.order, .ticket = jobs.back().claimed.ticket});
    }
    if (wanted.empty())
        return jobs;
    auto sheets = tickets::sheetsForMails(transaction, wanted);
    auto sheet = sheets.begin();
    for (MailJob &job : jobs) {
        if (job.bringsTickets())
            job.sheet = std::move(*sheet++);
    }
    return jobs;
}

Result<MailMessage> MailService::Private::ticketMessage(MailJob &job, const MailHead &head)
{
    const mails::Claimed &claimed = job.claimed;
    const bool isOneTicket = claimed.ticket.has_value();
    if (job.isOlderThan(sheetAgeMax))
        job.sheet = m_tickets.sheetFor(claimed.order, claimed.ticket);
    PT_TRY(tickets::OrderSheet order, std::move(job.sheet));
    const QString shop = m_options.shopUrl();
    const bool isHolders = isOneTicket && claimed.recipient != order.buyerEmail;
    TicketMail mail{.head = head,
                    .kind = claimed.kind,
                    .order = std::move(order),
                    .orderUrl = isHolders ? QString() : m_tickets.orderUrl(shop, claimed.order),
                    .ticketUrl = isHolders ? m_tickets.ticketUrl(shop, *claimed.ticket) : QString(),
                    .shopUrl = shop + u'/'};
    PT_TRY(mail.codes, ticketCodes(mail.order.sheet));
    MailMessage message = ticketMail(mail);
    PT_TRY(QByteArray pdf, renderTicketsPdf(mail.order.sheet, mail.codes));
    const QString number = mail.order.sheet.orderNumber;
    // A new code for the buyer changes the entry that the order has in their calendar.
    PT_TRY(const tickets::OrderSheet evening, isOneTicket && !isHolders
                                                  ? m_tickets.sheetFor(claimed.order, std::nullopt)
                                                  : Result<tickets::OrderSheet>(mail.order));
    const QString url = isHolders ? mail.ticketUrl : mail.orderUrl;
    message.attachments = {
        {.fileName = number + u".pdf"_s, .contentType = "application/pdf", .bytes = std::move(pdf)},
        calendarAttachment(ticketCalendar(evening, url, isHolders), message.from, number + u".ics"_s)};
    return message;
}

Result<MailMessage> MailService::Private::refundMessage(const mails::Claimed &claimed, const MailHead &head)
{
    PT_TRY(const RefundSheet sheet, m_database.transact([&](Transaction &transaction) -> Result<RefundSheet> {
        return refundsheets::ofRefund(transaction, *claimed.refund);
    }));
    MailMessage message = refundMail(head, sheet, m_tickets.orderUrl(m_options.shopUrl(), claimed.order));
    if (!sheet.note.number.isEmpty())
        message.attachments.insert(message.attachments.begin(), {.fileName = sheet.note.number + u".pdf"_s,
                                                                 .contentType = "application/pdf",
                                                                 .bytes = renderReceiptPdf(sheet.note)});
    return message;
}

Result<MailMessage> MailService::Private::voidedMessage(const mails::Claimed &claimed, const MailHead &head)
{
    PT_TRY(const VoidedSheet sheet, m_database.transact([&](Transaction &transaction) -> Result<VoidedSheet> {
        return claimed.refund ? refundsheets::ofHolder(transaction, *claimed.refund, claimed.recipient)
                              : refundsheets::ofTicket(transaction, *claimed.ticket);
    }));
    return voidedMail(head, sheet, m_options.shopUrl() + u'/');
}

Result<OutgoingMail> MailService::Private::compose(MailJob &job)
{
    const mails::Claimed &claimed = job.claimed;
    const MailHead head{.id = claimed.id,
                        .date = claimed.createdAt,
                        .from = m_options.from,
                        .to = {.name = claimed.recipientName, .address = claimed.recipient},
                        .support = m_options.support};
    PT_TRY(const MailMessage message, job.bringsTickets()                ? ticketMessage(job, head)
                                      : claimed.kind == MailKind::Voided ? voidedMessage(claimed, head)
                                                                         : refundMessage(claimed, head));
    PT_TRY(QByteArray bytes, composeMail(message));
    PT_TRY(const QString from, envelopeAddress(m_options.from));
    PT_TRY(const QString to, envelopeAddress(claimed.recipient));
    return OutgoingMail{.from = from, .to = to, .bytes = std::move(bytes)};
}

MailOutcome MailService::Private::tried(MailJob &job)
{
    const auto mail = compose(job);
    if (mail)
        return m_transport->deliver(job.claimed.id, *mail);
    return {.fate = isPassing(mail.error()) ? MailOutcome::Fate::TryAgain : MailOutcome::Fate::Refused,
            .words = mail.error().message};
}

void MailService::Private::send(MailJob &job)
{
    if (job.isOlderThan(turnMax))
        return;
    const mails::Claimed &claimed = job.claimed;
    const auto begin = std::chrono::steady_clock::now();
    MailOutcome outcome = tried(job);
    const bool isQuick = std::chrono::steady_clock::now() - begin < quickMail;
    m_perThread = isQuick ? std::min(m_perThread + 1, claimedPerThreadMax) : claimedPerThread;
    if (outcome.fate == MailOutcome::Fate::TryAgain && claimed.isTooOld)
        outcome = {.fate = MailOutcome::Fate::Refused,
                   .words = u"Given up after %1 hours: %2"_s.arg(tryingMax.count()).arg(outcome.words)};
    if (outcome.fate != MailOutcome::Fate::Sent)
        qCWarning(log).noquote() << "mail" << claimed.id.toString(QUuid::WithoutBraces)
                                 << (outcome.fate == MailOutcome::Fate::Refused ? "failed:" : "waits:")
                                 << outcome.words;
    writeDown(claimed, outcome);
}

void MailService::Private::writeDown(const mails::Claimed &claimed, const MailOutcome &outcome)
{
    if (outcome.fate == MailOutcome::Fate::Sent) {
        const std::lock_guard lock(m_mutex);
        m_sent.push_back(claimed.id);
        return;
    }
    const Status written = m_database.transact([&](Transaction &transaction) -> Status {
        if (outcome.fate == MailOutcome::Fate::Refused)
            mails::failed(transaction, claimed.id, outcome.words);
        else
            mails::putOff(transaction, claimed.id, backOff(claimed.attempts), outcome.words);
        return {};
    });
    if (!written) // It is due again when its lease is over.
        qCWarning(log) << "What became of a mail was not written down:" << written.error().message;
}

MailService::MailService(Database &database, TicketService &tickets, std::unique_ptr<MailTransport> transport,
                         MailOptions options)
    : m_private(std::make_unique<Private>(database, tickets, std::move(transport), std::move(options)))
{}

MailService::~MailService()
{
    stop();
}

Status MailService::hear(const OutboxFact &fact)
{
    return m_private->hear({&fact, 1});
}

std::vector<Status> MailService::hearAll(std::span<const OutboxFact> facts)
{
    if (m_private->hear(facts))
        return std::vector<Status>(facts.size());
    std::vector<Status> answers;
    for (const OutboxFact &fact : facts)
        answers.push_back(hear(fact));
    return answers;
}

void MailService::wake()
{
    m_private->task().wake();
}

void MailService::start()
{
    qCInfo(log).noquote() << "mails go to" << m_private->transport().name();
    m_private->task().start();
}

void MailService::stop()
{
    m_private->stop();
}

} // namespace parterre::server
