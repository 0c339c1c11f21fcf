#pragma once

#include "base/result.h"
#include "model/processor.h"

#include <QFile>
#include <QJsonObject>

namespace parterre::psp {

/// The file that brings the books back after a restart: the seed, then one line for each thing that changed them, with
/// its time and its fate. A line is written before the caller is answered; a torn last line, which nobody was answered
/// for, is cut off. It survives the death of the process, not of the machine: it is not synced to the disk.
class Journal
{
public:
    /// Reads the seed of the file at `path`, or begins one with `seed`. An empty path keeps nothing.
    [[nodiscard]] static Result<Journal> open(const QString &path, const QByteArray &seed);

    [[nodiscard]] const QByteArray &seed() const { return m_seed; }
    /// Does again all that is written. Refuses where a line cannot be read.
    [[nodiscard]] Status replay(Processor &processor);
    [[nodiscard]] Status write(const QByteArray &line);
    /// For what may be lost with the process: leaves with the next line, or with writeKept().
    void keep(const QByteArray &line);
    [[nodiscard]] Status writeKept();

    [[nodiscard]] static QByteArray lineOf(const Call &call, const Fate &fate, Instant now);
    [[nodiscard]] static QByteArray lineOfAction(const QString &intent, const QString &secret, Intents::Holder holder,
                                                 Instant now);
    [[nodiscard]] static QByteArray lineOfDue(Instant now);
    [[nodiscard]] static QByteArray lineOfDelivery(const QString &event, const QString &endpoint);
    [[nodiscard]] static QByteArray lineOfEndpoint(const QString &url, const QString &secret, Instant now);

private:
    std::unique_ptr<QFile> m_file;
    QByteArray m_seed;
    QByteArray m_kept;
};

} // namespace parterre::psp
