-- Places for other places (docs/refunds.md). An exchange whose difference is paid by card waits for that payment, and its
-- lines are nobody else's meanwhile. Locks: two orders by id with their holds before them, then the places and after them
-- the maps of both performances, each by performance_id.
alter table sale_order add column exchanged_from uuid references sale_order check (exchanged_from <> id);

create table exchange (
    order_id   uuid primary key references sale_order, -- the new one
    from_order uuid not null references sale_order,
    refund_id  uuid not null unique,          -- of the lines; its row is written when the exchange is done
    lines      int[] not null,
    reason     text not null check (reason <> ''),
    principal  text not null,
    state      text not null check (state in ('pending', 'done', 'off')),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check (order_id <> from_order)
);
create index exchange_by_origin on exchange (from_order);

-- What a payment of the old order pays of the new one.
create table exchange_credit (
    id         uuid primary key,              -- the transfer in the ledger
    order_id   uuid not null references exchange,
    from_order uuid not null references sale_order,
    payment_id uuid not null references payment_attempt,
    currency   char(3) not null,
    amount     bigint not null check (amount > 0)
);
create index exchange_credit_by_order on exchange_credit (order_id);
create index exchange_credit_by_origin on exchange_credit (from_order);
create trigger exchange_credit_append_only before update or delete or truncate on exchange_credit
    for each statement execute function refuse_change();
