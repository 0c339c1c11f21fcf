#include "load/checkoutrepository.h"

#include <pqxx/pqxx>

namespace parterre::bench {

using namespace Qt::StringLiterals;

Result<Mails> mailsOf(const QString &dsn)
{
    try {
        pqxx::connection connection(dsn.toStdString());
        pqxx::read_transaction work(connection);
        Mails mails;
        for (const auto &row :
             work.exec("select m.state, (extract(epoch from m.ended_at - o.confirmed_at) * 1000000000)::bigint from "
                       "sale_order o left join mail m on m.order_id = o.id and m.kind = 'order' "
                       "where o.state = 'confirmed' and o.buyer_email <> ''")) {
            const std::string state = row[0].is_null() ? "queued" : row[0].c_str();
            mails.waiting += state == "queued" ? 1 : 0;
            mails.failed += state == "failed" ? 1 : 0;
            if (state == "sent")
                mails.after.record(row[1].as<qint64>());
        }
        return mails;
    } catch (const std::exception &error) {
        return refuse(ErrorCode::Unavailable,
                      u"The mails cannot be read: %1"_s.arg(QString::fromUtf8(error.what()).trimmed()));
    }
}

} // namespace parterre::bench
