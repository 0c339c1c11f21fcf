#include "payments/cardsetup.h"

#include "payments/stripecardprovider.h"
#include "payments/testcardprovider.h"

#include <QFile>
#include <QUrl>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 fileBytesMax = 4'096;
constexpr qsizetype secretsMax = 4; ///< The present one, and those that it takes over from.

/// The lines of a small file that say something.
Result<QByteArrayList> linesOf(const QString &setting, const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(ErrorCode::NotFound, u"%1: %2 cannot be read: %3."_s.arg(setting, path, file.errorString()),
                      setting);
    const QByteArray content = file.read(fileBytesMax + 1);
    if (content.size() > fileBytesMax)
        return refuse(ErrorCode::TooLarge, u"%1: %2 has more than %3 bytes."_s.arg(setting, path).arg(fileBytesMax),
                      setting);
    QByteArrayList lines;
    for (const QByteArray &line : content.split('\n')) {
        if (!line.trimmed().isEmpty())
            lines.append(line.trimmed());
    }
    if (lines.isEmpty())
        return refuse(ErrorCode::InvalidInput, u"%1: %2 is empty."_s.arg(setting, path), setting);
    return lines;
}

Status checkUrl(const QString &url)
{
    const QString host = QUrl(url).host();
    const bool isHere = host == u"localhost" || host == u"::1" || host.startsWith(u"127."_s);
    if (QUrl(url).scheme() == u"https" || isHere)
        return {};
    return refuse(ErrorCode::InvalidInput,
                  u"stripe-url is \"%1\": the key may travel in the clear on this machine only; use https."_s.arg(url),
                  u"stripe-url"_s);
}

} // namespace

Result<CardSetup> setUpCards(const CardSettings &settings, Database &database, const Clock &clock,
                             std::function<QString()> shopUrl)
{
    CardSetup setup;
    if (settings.stripeKeyFile.isEmpty()) {
        if (!settings.webhookSecretFile.isEmpty())
            return refuse(ErrorCode::InvalidInput,
                          u"stripe-webhook-secret-file is of no use without "
                          "stripe-key-file."_s,
                          u"stripe-webhook-secret-file"_s);
        setup.provider = std::make_unique<TestCardProvider>(database);
        return setup;
    }
    PT_CHECK(checkUrl(settings.stripeUrl));
    PT_TRY(const QByteArrayList keys, linesOf(u"stripe-key-file"_s, settings.stripeKeyFile));
    if (!settings.webhookSecretFile.isEmpty()) {
        PT_TRY(setup.webhookSecrets, linesOf(u"stripe-webhook-secret-file"_s, settings.webhookSecretFile));
        if (setup.webhookSecrets.size() > secretsMax)
            return refuse(ErrorCode::TooLarge,
                          u"%1 holds %2 secrets; up to %3 are tried."_s.arg(settings.webhookSecretFile)
                              .arg(setup.webhookSecrets.size())
                              .arg(secretsMax),
                          u"stripe-webhook-secret-file"_s);
    }
    const auto readKey = [file = settings.stripeKeyFile] {
        const auto lines = linesOf(u"stripe-key-file"_s, file);
        return lines ? QString::fromUtf8(lines->first()) : QString();
    };
    setup.provider =
        std::make_unique<StripeCardProvider>(StripeClientConfig{.url = settings.stripeUrl,
                                                                .secretKey = QString::fromUtf8(keys.first()),
                                                                .readKeyAgain = readKey,
                                                                .keyFile = settings.stripeKeyFile,
                                                                .callsMax = settings.callsMax},
                                             clock, std::move(shopUrl));
    return setup;
}

} // namespace parterre::server
