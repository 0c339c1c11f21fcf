#include "notifications/mailtransport.h"

#include <QDir>
#include <QFile>
#include <QUrl>

#include <atomic>
#include <cstdio>
#include <mutex>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 passwordBytesMax = 4'096;

class SmtpTransport final : public MailTransport
{
public:
    explicit SmtpTransport(SmtpAccount account)
        : m_account(std::move(account))
    {}
    [[nodiscard]] QString name() const override { return m_account.url; }
    [[nodiscard]] MailOutcome deliver(const QUuid &, const OutgoingMail &mail) override
    {
        return sendMail(m_account, mail, [this] { return std::chrono::steady_clock::now() < m_end.load(); });
    }
    void endWithin(std::chrono::milliseconds time) override { m_end = std::chrono::steady_clock::now() + time; }

private:
    const SmtpAccount m_account;
    std::atomic<std::chrono::steady_clock::time_point> m_end = std::chrono::steady_clock::time_point::max();
};

/// One file a mail, named by its id: whoever looks sees a whole mail or none, and a repeat is the same file. The disk
/// is waited for by keep() for many at once, since each wait is one of the database's too where they share it.
class FolderTransport final : public MailTransport
{
public:
    explicit FolderTransport(QString folder)
        : m_folder(std::move(folder))
    {}
    [[nodiscard]] QString name() const override { return m_folder; }
    [[nodiscard]] MailOutcome deliver(const QUuid &id, const OutgoingMail &mail) override;
    [[nodiscard]] Status keep() override;

private:
    using Files = std::vector<std::unique_ptr<QFile>>;

    const QString m_folder;
    std::mutex m_mutex;
    Files m_written; ///< Open, and not yet on disk for certain.
};

MailOutcome FolderTransport::deliver(const QUuid &id, const OutgoingMail &mail)
{
    const QString name = m_folder + u'/' + id.toString(QUuid::WithoutBraces);
    auto file = std::make_unique<QFile>(name + u".part"_s);
    if (!file->open(QIODevice::WriteOnly) || file->write(mail.bytes) != mail.bytes.size() || !file->flush())
        return {.fate = MailOutcome::Fate::TryAgain, .words = u"%1: %2"_s.arg(file->fileName(), file->errorString())};
    const QString whole = name + u".eml"_s;
    // Not QFile's: it closes the file, and does not write over an earlier try.
    if (::rename(QFile::encodeName(file->fileName()).constData(), QFile::encodeName(whole).constData()) != 0)
        return {.fate = MailOutcome::Fate::TryAgain, .words = u"%1: %2"_s.arg(whole, qt_error_string())};
    const std::lock_guard lock(m_mutex);
    m_written.push_back(std::move(file));
    return {.fate = MailOutcome::Fate::Sent, .words = {}};
}

Status FolderTransport::keep()
{
    Files files;
    {
        const std::lock_guard lock(m_mutex);
        files.swap(m_written);
    }
    if (files.empty())
        return {};
    for (const auto &file : files) // All begin, so that the first wait is nearly all of it.
        (void)::sync_file_range(file->handle(), 0, 0, SYNC_FILE_RANGE_WRITE);
    const int folder = ::open(QFile::encodeName(m_folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool isKept = folder >= 0;
    for (const auto &file : files)
        isKept = isKept && ::fsync(file->handle()) == 0;
    isKept = isKept && ::fsync(folder) == 0; // Their names.
    const Status kept =
        isKept ? Status() : refuse(ErrorCode::Unavailable, u"%1: %2"_s.arg(m_folder, qt_error_string()));
    if (folder >= 0)
        ::close(folder);
    return kept;
}

Result<QString> readPassword(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(ErrorCode::NotFound,
                      u"mail-password-file: %1 cannot be read: %2."_s.arg(path, file.errorString()),
                      u"mail-password-file"_s);
    const QByteArray content = file.read(passwordBytesMax + 1);
    if (content.size() > passwordBytesMax)
        return refuse(ErrorCode::TooLarge,
                      u"mail-password-file: %1 has more than %2 bytes."_s.arg(path).arg(passwordBytesMax),
                      u"mail-password-file"_s);
    const QString password = QString::fromUtf8(content.left(content.indexOf('\n'))).trimmed();
    if (password.isEmpty())
        return refuse(ErrorCode::InvalidInput, u"mail-password-file: the first line of %1 is empty."_s.arg(path),
                      u"mail-password-file"_s);
    return password;
}

} // namespace

Result<std::unique_ptr<MailTransport>> setUpMail(const MailSettings &settings)
{
    if (settings.smtpUrl.isEmpty()) {
        if (!QDir().mkpath(settings.folder))
            return refuse(ErrorCode::Unavailable, u"mail-folder: %1 cannot be made."_s.arg(settings.folder),
                          u"mail-folder"_s);
        return std::make_unique<FolderTransport>(settings.folder);
    }
    SmtpAccount account{.url = settings.smtpUrl, .user = settings.user, .caFile = settings.caFile};
    if (settings.user.isEmpty() != settings.passwordFile.isEmpty())
        return refuse(ErrorCode::InvalidInput, u"mail-user and mail-password-file are of use together alone."_s,
                      u"mail-user"_s);
    if (!settings.passwordFile.isEmpty()) {
        PT_TRY(account.password, readPassword(settings.passwordFile));
    }
    return std::make_unique<SmtpTransport>(std::move(account));
}

} // namespace parterre::server
