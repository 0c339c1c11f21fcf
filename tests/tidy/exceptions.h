#pragma once

#include "tidy/rules.h"

namespace parterre::tidy {

/// A place that may break a rule, and why. One that no longer breaks it must be taken out: the test says so.
struct Exception
{
    const char *rule;
    const char *path;
    const char *part; ///< Of the message, such as a function's name; empty for every finding of the file.
    const char *reason;

    [[nodiscard]] bool covers(const Finding &finding) const
    {
        return finding.rule == QLatin1StringView(rule) && finding.path == QLatin1StringView(path) &&
               finding.message.contains(QLatin1StringView(part));
    }
};

[[nodiscard]] inline const std::vector<Exception> &exceptions()
{
    static const std::vector<Exception> all{
        {"word", "server/payments/testcardproviderrepository.cpp",
         "XX"
         "X",
         "ISO 4217's code for a payment that has no currency."},
        {"word", "server/ticketing/ticketlayout.h",
         "st"
         "ub",
         "The part of a ticket that is torn off at the door; the trade has no other word."},
    };
    return all;
}

} // namespace parterre::tidy
