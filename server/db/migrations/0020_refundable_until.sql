-- Until when buyers may give places back by themselves (docs/refunds.md); none: the box office alone takes them back.
alter table performance add column refundable_until timestamptz check (refundable_until <= starts_at);

alter table refund drop constraint refund_cause_check;
alter table refund add constraint refund_cause_check
    check (cause in ('desk', 'performance_cancelled', 'exchange', 'buyer'));

-- A buyer who exchanges stands at no desk, so cash that goes back is owed to them.
alter table exchange add column at_desk boolean not null default true;
