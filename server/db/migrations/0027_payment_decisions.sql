-- What a supervisor has decided of a payment whose provider does not say what became of it, and who answers for it
-- (docs/payments.md). A payment comes to its end by one decision at most; a review may be closed each time it is opened.
create table payment_decision (
    id         bigint generated always as identity primary key,
    payment_id uuid not null references payment_attempt,
    decision   text not null check (decision in ('money_came', 'no_money', 'closed')),
    note       text not null check (note <> ''),
    principal  text not null check (principal <> ''),
    decided_at timestamptz not null
);
create index payment_decision_by_payment on payment_decision (payment_id, id desc);
create unique index payment_decision_once on payment_decision (payment_id) where decision <> 'closed';
create trigger payment_decision_append_only before update or delete or truncate on payment_decision
    for each statement execute function refuse_change();
