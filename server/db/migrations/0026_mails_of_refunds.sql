-- What went back is told by mail too (docs/mail.md): to the buyer, and to those to whom a ticket was passed on that is void
-- now. So one fact may be several mails, one for each recipient.
alter table mail add column refund_id uuid references refund;
alter table mail drop constraint mail_kind_check;
alter table mail add constraint mail_kind_check
    check (kind in ('order', 'again', 'reissued', 'transferred', 'refunded', 'voided'));
alter table mail add check (case kind when 'refunded' then refund_id is not null
                                      when 'voided' then (refund_id is null) <> (ticket_id is null)
                                      else refund_id is null end);
alter table mail drop constraint mail_fact_id_key;
alter table mail add constraint mail_once unique (fact_id, recipient);

-- A full house that is refunded must not keep the mails of sales waiting: these are looked for by themselves.
drop index mail_due;
create index mail_due on mail (due_at) where state = 'queued' and refund_id is null;
create index mail_of_refund_due on mail (due_at) where state = 'queued' and refund_id is not null;
