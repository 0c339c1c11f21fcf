-- Facts leave to several consumers, each at its own pace: what one refuses holds up nothing of the others. A row of
-- outbox_delivery is a fact that one consumer has still to take; once it has, the row is gone.

-- Who is to be told. A consumer that is retired gets no new facts; what it has not taken is a newcomer's, or stays until it
-- is back.
create table outbox_consumer (
    name       text primary key check (name <> ''),
    active     boolean not null default true,
    changed_at timestamptz not null default now()
);

-- The place of a fact among those of its key: consumers see by it that one is missing, or comes again. The row is locked
-- until the fact is committed, so of one key sequence and commits have the same order.
create table outbox_sequence (
    key  uuid primary key,
    last int not null
) with (fillfactor = 80);

alter table outbox add column sequence int;
with numbered as (select id, row_number() over (partition by key order by id) as n from outbox)
    update outbox o set sequence = numbered.n from numbered where numbered.id = o.id;
alter table outbox alter column sequence set not null;
create unique index outbox_by_key on outbox (key, sequence);
insert into outbox_sequence (key, last) select key, max(sequence) from outbox group by key;

create table outbox_delivery (
    consumer    text not null,               -- '' for facts from before the first consumer
    fact_id     bigint not null references outbox,
    key         uuid not null,
    sequence    int not null,
    attempts    int not null default 0,
    due_at      timestamptz not null default now(),
    last_error  text not null default '',
    poisoned_at timestamptz,                 -- since then on the list for a person
    primary key (consumer, fact_id)
) with (fillfactor = 70);
-- A fact waits for every earlier one of its key.
create index outbox_delivery_by_key on outbox_delivery (consumer, key, sequence);
create index outbox_delivery_by_fact on outbox_delivery (fact_id);
create index outbox_delivery_poisoned on outbox_delivery (poisoned_at) where poisoned_at is not null;

insert into outbox_delivery (consumer, fact_id, key, sequence)
    select '', id, key, sequence from outbox where delivered_at is null;
drop index outbox_waiting;
drop index outbox_waiting_by_key;
drop index outbox_delivered;
alter table outbox drop column attempts, drop column due_at, drop column delivered_at;
create index outbox_by_age on outbox (created_at);

-- What a person decided not to deliver.
create table outbox_skip (
    id         bigint generated always as identity primary key,
    consumer   text not null,
    fact_id    bigint not null,
    topic      text not null,
    key        uuid not null,
    last_error text not null,
    reason     text not null check (reason <> ''),
    skipped_at timestamptz not null default now()
);

-- How far a consumer that listens to a log outside (Kafka) has come with each key.
create table outbox_progress (
    consumer text not null,
    key      uuid not null,
    sequence int not null,
    taken_at timestamptz not null default now(),
    primary key (consumer, key)
) with (fillfactor = 80);
create index outbox_progress_by_age on outbox_progress (taken_at);

-- Whatever code writes a fact, it is numbered and lies ready for everybody. The lock is shared by all who write facts; who
-- changes the list of consumers takes it alone, so that no fact under way misses the change.
create function number_fact() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7302026112801);
    insert into outbox_sequence as s (key, last) values (new.key, 1)
        on conflict (key) do update set last = s.last + 1 returning last into new.sequence;
    return new;
end $$;
create trigger outbox_number before insert on outbox for each row execute function number_fact();

create function hand_out_fact() returns trigger language plpgsql as $$
begin
    insert into outbox_delivery (consumer, fact_id, key, sequence)
        select name, new.id, new.key, new.sequence from outbox_consumer where active;
    if not found then
        insert into outbox_delivery (consumer, fact_id, key, sequence) values ('', new.id, new.key, new.sequence);
    end if;
    return null;
end $$;
create trigger outbox_hand_out after insert on outbox for each row execute function hand_out_fact();

-- Sales as they are counted and compared: one row a place, written by the consumer `analytics`.
create schema analytics;
create table analytics.sold_line (
    fact_id         bigint not null,
    line_no         int not null,
    order_id        uuid not null,
    order_number    text not null,
    performance_id  uuid not null,
    event_title     text not null,
    starts_at       timestamptz not null,
    zone_name       text not null,
    price_type_name text not null,
    channel         text not null,
    currency        char(3) not null,
    amount          bigint not null,
    sold_at         timestamptz not null,
    primary key (fact_id, line_no)
);
create index sold_line_by_performance on analytics.sold_line (performance_id, sold_at);
create index sold_line_by_time on analytics.sold_line (sold_at);
create view analytics.sales_by_day as
    select date_trunc('day', sold_at at time zone 'UTC')::date as day, performance_id, event_title, starts_at, zone_name,
           price_type_name, channel, currency, count(*) as places, sum(amount)::bigint as amount
    from analytics.sold_line
    group by 1, performance_id, event_title, starts_at, zone_name, price_type_name, channel, currency;

-- Webhooks that go out. The secret signs, so it has to be kept as it is.
create table webhook_endpoint (
    id              uuid primary key,
    url             text not null,
    secret          text not null,           -- whsec_ and base64
    types           text[] not null default '{}',  -- empty: every type
    created_at      timestamptz not null default now(),
    disabled_at     timestamptz,
    disabled_reason text not null default ''
);

create table webhook_delivery (
    id          bigint generated always as identity primary key,
    endpoint_id uuid not null references webhook_endpoint,
    fact_id     bigint not null,
    message_id  text not null,               -- webhook-id: the same in all attempts
    type        text not null,
    body        text not null,
    state       text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
    attempts    int not null default 0,
    due_at      timestamptz not null default now(),
    sending_until timestamptz,               -- whoever sends it has it until then
    created_at  timestamptz not null default now(),
    unique (endpoint_id, fact_id)
) with (fillfactor = 80);
create index webhook_delivery_due on webhook_delivery (due_at, id) where state = 'waiting';
create index webhook_delivery_sending on webhook_delivery (endpoint_id, sending_until) where sending_until is not null;
create index webhook_delivery_by_age on webhook_delivery (created_at) where state <> 'waiting';

create table webhook_attempt (
    id           bigint generated always as identity primary key,
    delivery_id  bigint not null references webhook_delivery on delete cascade,
    attempt      int not null,               -- 1, 2, 3 ...; a replay begins again
    status       int not null,               -- of HTTP; 0 where there was no answer
    error        text not null default '',
    milliseconds int not null,
    at           timestamptz not null default now(),
    next_at      timestamptz                 -- null where there is none
);
create index webhook_attempt_by_delivery on webhook_attempt (delivery_id, id);
