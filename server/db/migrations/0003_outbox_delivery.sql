-- How far a fact is on its way. Whoever delivers it puts it off for the time that this may take, and a consumer that refuses
-- puts it off for longer each time; so no connection is held meanwhile, and what a killed server had begun is taken up by
-- another.
alter table outbox add column attempts int not null default 0;
alter table outbox add column due_at timestamptz not null default now();

-- Facts of one key leave in order: a fact waits for every earlier one of its key.
create index outbox_waiting_by_key on outbox (key, id) where delivered_at is null;
create index outbox_delivered on outbox (delivered_at) where delivered_at is not null;
