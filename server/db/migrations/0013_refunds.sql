-- After the sale (docs/refunds.md): places given back and the money for them. A refund and its lines are written once and
-- never changed; a repayment says how far its money is on its way. Locks: a refund's rows are made under the lock of
-- their order, and a repayment's row is locked after payment_attempt in the order of 0001_first_sale.sql.
alter table sale_order drop constraint sale_order_state_check;
alter table sale_order add constraint sale_order_state_check
    check (state in ('open', 'payment_pending', 'confirmed', 'expired', 'partly_refunded', 'refunded', 'exchanged'));
alter table sale_order drop constraint sale_order_check;
alter table sale_order add constraint sale_order_check
    check ((state in ('confirmed', 'partly_refunded', 'refunded', 'exchanged')) = (confirmed_at is not null));
drop index sale_order_by_owner;
create index sale_order_by_owner on sale_order (owner, performance_id) where state in ('confirmed', 'partly_refunded');

create table refund (
    id         uuid primary key,
    order_id   uuid not null references sale_order,
    cause      text not null check (cause in ('desk', 'performance_cancelled', 'exchange')),
    reason     text not null check (reason <> ''),
    principal  text not null,               -- 'user:<id>', who answers for it
    amount     bigint not null check (amount >= 0),
    currency   char(3) not null,
    created_at timestamptz not null
);
create index refund_by_order on refund (order_id, created_at);
create trigger refund_append_only before update or delete or truncate on refund
    for each statement execute function refuse_change();

-- A line is given back once: the backstop against two who give back the same ticket.
create table refund_line (
    order_id  uuid not null,
    line_no   int  not null,
    refund_id uuid not null references refund,
    primary key (order_id, line_no),
    foreign key (order_id, line_no) references order_line
);
create index refund_line_by_refund on refund_line (refund_id);
create trigger refund_line_append_only before update or delete or truncate on refund_line
    for each statement execute function refuse_change();

create table repayment (
    id           uuid primary key,           -- the provider knows it by this id too
    refund_id    uuid not null references refund,
    payment_id   uuid not null references payment_attempt,
    method       text not null check (method in ('cash', 'card', 'terminal')),
    state        text not null check (state in ('created', 'repaid', 'in_doubt', 'owed', 'paid_out')),
    currency     char(3) not null,
    amount       bigint not null check (amount > 0),
    provider_ref text not null default '',
    failure      text not null default '',
    attempts     int not null default 0,
    due_at       timestamptz not null,       -- created: when the provider is asked next
    payout_id    uuid,                       -- paid_out: the transfer in the ledger
    payout_by    text not null default '',
    payout_note  text not null default '',
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    check ((state = 'paid_out') = (payout_id is not null)),
    check (state <> 'created' or method <> 'cash'),
    check (state <> 'owed' or method = 'cash')
);
create index repayment_by_refund on repayment (refund_id);
create index repayment_by_payment on repayment (payment_id);
create index repayment_due on repayment (due_at) where state = 'created';
create index repayment_open on repayment (created_at) where state in ('created', 'in_doubt', 'owed');

-- Never more goes back than came in, whatever the code does. The payment's lock puts two who try in order.
create function check_repaid() returns trigger language plpgsql as $$
declare
    captured bigint;
    repaid bigint;
begin
    select amount into captured from payment_attempt where id = new.payment_id and state = 'captured' for no key update;
    select sum(amount) into repaid from repayment where payment_id = new.payment_id;
    if captured is null or repaid > captured then
        raise exception 'payment % has not so much to give back', new.payment_id using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger repayment_of_what_came after insert or update of amount, payment_id on repayment
    for each row execute function check_repaid();

-- What the house owes to customers who have not come for their cash yet.
alter table ledger_entry drop constraint ledger_entry_account_check;
alter table ledger_entry add constraint ledger_entry_account_check
    check (account in ('cash_drawer', 'card_clearing', 'ticket_sales', 'refunds_owed'));

-- A performance that does not take place. What is left to do is in the rows, so whichever server lives goes on with it.
create table cancellation (
    performance_id uuid primary key references performance,
    reason         text not null check (reason <> ''),
    principal      text not null,
    created_at     timestamptz not null,
    finished_at    timestamptz
);
create index cancellation_running on cancellation (created_at) where finished_at is null;

create table cancellation_order (
    order_id       uuid primary key references sale_order,
    performance_id uuid not null references cancellation,
    due_at         timestamptz not null default now(), -- claimed by a server until then
    refunded_at    timestamptz
);
create index cancellation_order_waiting on cancellation_order (performance_id, due_at) where refunded_at is null;
create index cancellation_order_by_performance on cancellation_order (performance_id);
