#pragma once

#include "base/result.h"

#include <QStringList>

#include <optional>

/// Reading what a command takes beside the settings of the server. What is read is taken out of the arguments; the rest
/// are settings.
namespace parterre::server {

/// The value of `--option VALUE` or `--option=VALUE`.
[[nodiscard]] Result<std::optional<QString>> takeOption(QStringList &arguments, const QString &option);
/// Every value of an option that may come again.
[[nodiscard]] Result<QStringList> takeOptions(QStringList &arguments, const QString &option);
/// Whether `--flag` is there.
[[nodiscard]] bool takeFlag(QStringList &arguments, const QString &flag);
/// The leading arguments that are no flags: verb and what it is about.
[[nodiscard]] QStringList takeWords(QStringList &arguments);

} // namespace parterre::server
