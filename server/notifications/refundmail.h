#pragma once

#include "notifications/mailframe.h"
#include "notifications/refundsheetrepository.h"

namespace parterre::server {

/// Everything but the credit note: what went back, what becomes of the money, and the evening for a calendar as it is
/// now, or taken out of it.
[[nodiscard]] MailMessage refundMail(const MailHead &head, const RefundSheet &sheet, const QString &orderUrl);

/// To whom tickets were passed on: they are void. Nothing is said of money, which is the buyer's.
[[nodiscard]] MailMessage voidedMail(const MailHead &head, const VoidedSheet &sheet, const QString &shopUrl);

} // namespace parterre::server
