// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/fakedatasource.h"

#include <cmath>
#include <thread>

using namespace Qt::Literals::StringLiterals;

namespace spillway::test {

namespace {

LagGroupRow group(std::int64_t id, const QString& name, const QString& owner, std::int64_t lag, LagState state,
                  std::optional<TimeLag> time, std::optional<LagTrendReport> trend)
{
    LagGroupRow row;
    row.id = id;
    row.connection = u"orders"_s;
    row.group = name;
    row.owner = owner;
    row.totalLag = MessageCount{lag};
    row.partitions = 3;
    row.worstState = state;
    row.timeLag = time;
    row.trend = trend;
    return row;
}

CatalogEvent pricedEvent(const QString& type, std::optional<std::int64_t> volume, std::int64_t bytes,
                         const QString& producer, const QStringList& consumers)
{
    CatalogEvent made;
    made.eventType = type;
    made.topic = type;
    made.avgDailyVolume = volume;
    made.avgPayloadBytes = bytes;
    made.retentionDays = 7;
    made.producer.team = producer;
    made.producer.service = producer + u"-service"_s;
    for (const QString& team : consumers) {
        ConsumerEntry consumer;
        consumer.team = team;
        consumer.service = team.isEmpty() ? u"legacy-reader"_s : team + u"-service"_s;
        made.consumers.push_back(consumer);
    }
    return made;
}

Catalog pricedCatalog()
{
    return {{},
            {pricedEvent(u"order.created"_s, 9'500'000, 1800, u"order-team"_s,
                         {u"payment-team"_s, u"analytics-team"_s, u"Logistik und Zustellung (Versand)"_s, QString()}),
             pricedEvent(u"payment.completed"_s, 6'200'000, 950, u"payment-team"_s, {u"order-team"_s}),
             pricedEvent(u"page.viewed"_s, 50'000'000, 640, u"analytics-team"_s, {u"analytics-team"_s}),
             pricedEvent(u"shipment.dispatched"_s, 3'100'000, 2100, u"Logistik und Zustellung (Versand)"_s,
                         {u"order-team"_s}),
             pricedEvent(u"order.archived"_s, std::nullopt, 700, u"order-team"_s, {})},
            {}};
}

PricingProfile pricedProfile()
{
    PricingProfile profile = seedProfile();
    profile.prices[componentIndex(CostComponent::Storage)].chargedTo = ChargedTo::Split;
    profile.prices[componentIndex(CostComponent::Storage)].capacityBytes = std::int64_t{2} << 40;
    return profile;
}

Concern concern(ConcernRule rule, Severity severity, const QString& summary, const QString& evidence,
                const QString& team, ConcernAction action)
{
    Concern made;
    made.id = concernRuleWord(rule) + u'/' + summary;
    made.rule = rule;
    made.severity = severity;
    made.summary = summary;
    made.evidence = evidence;
    if (!team.isEmpty()) {
        made.team = team;
        made.oncall = QString(team).replace(u"-team"_s, u"-oncall"_s);
        made.channel = u'#' + QString(team).replace(u"-team"_s, u"-alerts"_s);
    }
    made.action = std::move(action);
    return made;
}

std::vector<Concern> concernsOfThreeTeams(UtcTime now)
{
    std::vector<Concern> list{
        concern(ConcernRule::LostToRetention, Severity::Critical,
                u"legacy-exporter lost 4\u2009410 messages of order-events to retention"_s,
                u"committed 88\u2009120 · first still there 92\u2009530"_s, {},
                {.screen = ConcernScreen::Lag,
                 .filter = u"legacy-exporter"_s,
                 .label = u"See the group"_s,
                 .command = u"spillwayctl lag --group legacy-exporter"_s}),
        concern(ConcernRule::DeadLetterAge, Severity::Critical,
                u"118 dead letters of order.created are older than 24 h"_s, u"oldest at least 13 d · 2\u2009410 open"_s,
                u"payment-team"_s,
                {.screen = ConcernScreen::DeadLetters,
                 .filter = u"team:payment-team eventType:order.created age>24h"_s,
                 .label = u"Review 118 letters"_s,
                 .command = u"spillwayctl dlq list --query 'team:payment-team eventType:order.created age>24h'"_s}),
        concern(ConcernRule::GroupStopped, Severity::Warning, u"payment-service is stalled on order-events"_s,
                u"lag 24\u2009100, growing 42/s · oldest unread 4 min"_s, u"payment-team"_s,
                {.screen = ConcernScreen::Lag,
                 .filter = u"payment-service"_s,
                 .label = u"See the group"_s,
                 .command = u"spillwayctl lag --group payment-service"_s}),
        concern(ConcernRule::PromiseBroken, Severity::Warning,
                u"payment-service breaks its promise for order.created: 96.2 % within 500 ms, 99 % promised"_s,
                u"38\u2009204 of 39\u2009713 good in 24 h · burning 3.8 times too fast"_s, u"payment-team"_s,
                {.screen = ConcernScreen::Slo,
                 .filter = u"payment-service order.created"_s,
                 .label = u"See the promise"_s,
                 .command = u"spillwayctl slo"_s}),
        concern(ConcernRule::DeadLettersWaiting, Severity::Info, u"3 dead letters of payment.completed wait"_s,
                u"oldest 2 h"_s, u"notification-team"_s,
                {.screen = ConcernScreen::DeadLetters,
                 .filter = u"team:notification-team"_s,
                 .label = u"Review 3 letters"_s,
                 .command = u"spillwayctl dlq list --query team:notification-team"_s}),
    };
    list[1].since = now - Millis{13LL * 86'400'000};
    list[2].since = now - Millis{1'260'000};
    list[3].until = now + Millis{9'000'000};
    return list;
}

ReplayJobRow job(const QString& id, JobState state, std::int64_t messages, std::int64_t sent, UtcTime startedAt)
{
    ReplayJobRow row;
    row.jobId = id;
    row.planId = u"p-"_s + id;
    row.connection = u"orders"_s;
    row.query = u"team:payment-team kind:schema"_s;
    row.state = state;
    row.guarantee = u"exactly once, verified"_s;
    row.targets = {u"order-events"_s};
    row.messages = messages;
    row.sent = sent;
    row.createdBy = u"alex"_s;
    row.reason = u"schema v3 rolled out"_s;
    row.createdAt = startedAt;
    row.startedAt = startedAt;
    return row;
}

SloRow promise(const QString& consumer, const QString& event, const QString& team, double targetMs, std::int64_t total,
               std::int64_t good, double burn)
{
    SloRow row;
    row.consumer = consumer;
    row.eventType = event;
    row.team = team;
    row.total = total;
    row.objective = 0.99;
    row.targetMs = targetMs;
    row.good = good;
    row.withinTarget = good + total / 400;
    if (total > 0) {
        row.attainment = static_cast<double>(good) / static_cast<double>(total);
        row.successRate = 0.9981;
        row.p50Ms = targetMs * 0.22;
        row.p99Ms = targetMs * (good * 100 < total * 99 ? 3.1 : 0.83);
        row.budgetRemaining = 1 - static_cast<double>(total - good) / (static_cast<double>(total) * 0.01);
        row.burnRate1h = burn;
    }
    row.state = total == 0
                    ? SloState::NoData
                    : (*row.attainment < 0.99 ? SloState::Violated : (burn > 1 ? SloState::AtRisk : SloState::Met));
    return row;
}

std::vector<SloRow> promisesOfThreeTeams()
{
    std::vector<SloRow> rows{
        promise(u"payment-service"_s, u"order.created"_s, u"payment-team"_s, 500, 39'713, 38'204, 3.8),
        promise(u"notification-service"_s, u"payment.completed"_s, u"notification-team"_s, 3'000, 21'022, 20'655, 1.4),
        promise(u"inventory-service"_s, u"order.created"_s, u"inventory-team"_s, 1'000, 39'702, 39'560, 1.2),
        promise(u"inventory-service"_s, u"order.cancelled"_s, u"inventory-team"_s, 1'000, 0, 0, 0),
        promise(u"order-service"_s, u"payment.completed"_s, u"order-team"_s, 500, 21'022, 21'011, 0.1),
        promise(u"analytics-pipeline"_s, u"order.created"_s, u"analytics-team"_s, 60'000, 39'690, 39'690, 0)};
    SloRow unpromised;
    unpromised.consumer = u"legacy-exporter"_s;
    unpromised.eventType = u"order.created"_s;
    unpromised.total = 1'204;
    unpromised.successRate = 0.97;
    unpromised.p50Ms = 44;
    unpromised.p99Ms = 1'250;
    rows.push_back(unpromised);
    return rows;
}

DeadLetterGroup letterGroup(const QString& id, const QString& title, const QString& event, const QString& consumer,
                            FailureKind kind, std::int64_t count, TriageState state, UtcTime first, UtcTime last)
{
    DeadLetterGroup made;
    made.id = id;
    made.title = title;
    made.eventType = event;
    made.consumer = consumer;
    made.team = QString(consumer).replace(u"-service"_s, u"-team"_s);
    made.kind = kind;
    made.count = count;
    made.openCount = count;
    made.state = state;
    made.firstSeen = first;
    made.oldestOpenAt = first;
    made.lastSeen = last;
    return made;
}

DeadLetter deadLetter(int number, const DeadLetterGroup& group, UtcTime at)
{
    DeadLetter letter;
    letter.id =
        u"a1b2c3d4-%1-%2-%3"_s.arg(number % 3).arg(88'120 + number).arg(0x1f0c3a00 + number, 8, 16, QChar(u'0'));
    letter.connection = u"orders"_s;
    letter.record.at = {.topic = u"order-events.DLT"_s, .partition = number % 3};
    letter.record.offset = Offset{88'120 + number};
    letter.record.key = QByteArray("order-") + QByteArray::number(4711 + number);
    letter.record.value =
        QByteArray(R"({"event_id":"5c0f8a52-7e0b-4d5e-9a53-0f2f9b1c)") + QByteArray::number(1000 + number) +
        R"(","event_type":"order.created","occurred_at":"2026-11-21T07:03:11.042Z","payload":{"order_id":"4711","amount":129.90,"currency":"EUR","items":[{"sku":"A-100","qty":2},{"sku":"B-7","qty":1}],"notes":[],"big":12345678901234567890123}})";
    letter.record.headers = {{"kafka_dlt-original-topic", QByteArray("order-events")},
                             {"kafka_dlt-exception-fqcn", QByteArray("com.acme.payment.SchemaMismatchException")},
                             {"kafka_dlt-exception-message", QByteArray("required field 'customer_id' is missing")},
                             {"traceparent", QByteArray("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")},
                             {"tenant", std::nullopt},
                             {"binary", QByteArray("\xff\x00\x01", 3)}};
    letter.facts.dialect = u"spring-dlpr"_s;
    letter.facts.originTopic = u"order-events"_s;
    letter.facts.originPartition = number % 3;
    letter.facts.originOffset = Offset{1'204'000 + number};
    letter.facts.originTimestamp = at - Millis{4'000};
    letter.facts.consumerGroup = u"payment-service"_s;
    letter.facts.errorClass = u"com.acme.payment.SchemaMismatchException"_s;
    letter.facts.errorMessage = u"required field 'customer_id' is missing"_s;
    letter.facts.rootCauseClass = u"com.fasterxml.jackson.databind.exc.MismatchedInputException"_s;
    letter.facts.stack =
        u"com.acme.payment.SchemaMismatchException: required field 'customer_id' is missing\n\tat com.acme.payment.OrderReader.read(OrderReader.java:88)\n\tat com.acme.payment.Listener.onOrder(Listener.java:41)\nCaused by: com.fasterxml.jackson.databind.exc.MismatchedInputException: …"_s;
    letter.facts.attempts = 3;
    letter.facts.deadLetteredAt = at;
    letter.sizeBytes = letter.record.sizeBytes();
    letter.consumer = group.consumer;
    letter.eventType = group.eventType;
    letter.team = group.team;
    letter.kind = group.kind;
    letter.state = number % 5 == 4 ? TriageState::FailedAgain : TriageState::New;
    letter.group = group.id;
    letter.firstSeenAt = at;
    return letter;
}

} // namespace

FakeDataSource::FakeDataSource(UtcTime now)
    : m_now(now)
{
    facts = {.name = u"acme-orders"_s,
             .file = u"/home/alex/acme-orders/spillway.yaml"_s,
             .stateFolder = u"~/.local/state/spillway/acme-orders-1f0c3a9e"_s,
             .environment = Environment::Production,
             .isDemo = false};
    known = std::make_shared<const DialectRegistry>(DialectRegistry::bundled().value());
    overview = concernsOfThreeTeams(now);
    jobs = {job(u"j-20260921-3"_s, JobState::Running, 2'410, 1'204, now - Millis{6'000}),
            job(u"j-20260921-2"_s, JobState::Interrupted, 800, 300, now - Millis{7'200'000}),
            job(u"j-20260920-1"_s, JobState::Done, 312, 312, now - Millis{86'000'000})};
    jobs[2].confirmed = 309;
    jobs[2].failedAgain = 3;
    jobs[2].verified = VerifiedCounts{.once = 312, .missing = 0, .doubled = 0};
    jobs[2].finishedAt = now - Millis{85'900'000};
    preview = {.planId = u"p-1"_s,
               .planFile = u"/state/acme/plans/p-1.plan.json"_s,
               .connection = u"orders"_s,
               .messages = 3,
               .bytes = 2'940,
               .targets = {{u"order-events"_s, 3}},
               .blocked = {{u"a replay that is not settled holds them"_s, 2}},
               .guarantee = u"exactly once, verified"_s,
               .digest = u"sha256:9f2c4a1b7d0e6358c1aa20e4f7b95d38e6104c2b8f7a3d5e90b1c4d6e8f20a13"_s};
    promises = promisesOfThreeTeams();
    groupsOfLetters = {letterGroup(u"g1"_s, u"SchemaMismatchException: required field 'customer_id' is missing"_s,
                                   u"order.created"_s, u"payment-service"_s, FailureKind::Schema, 2'410,
                                   TriageState::New, now - Millis{13LL * 86'400'000}, now - Millis{4'000}),
                       letterGroup(u"g2"_s, u"PaymentGatewayTimeoutException"_s, u"order.created"_s,
                                   u"payment-service"_s, FailureKind::Transient, 602, TriageState::FailedAgain,
                                   now - Millis{10'000'000}, now - Millis{60'000}),
                       letterGroup(u"g3"_s, u"InsufficientStockException: SKU A-100"_s, u"order.created"_s,
                                   u"inventory-service"_s, FailureKind::Business, 3, TriageState::Assigned,
                                   now - Millis{7'000'000}, now - Millis{3'000'000})};
    groupsOfLetters[2].assignee = u"mara"_s;
    agenda.period = {now - reviewInterval, now};
    std::vector<GroupActivity> activity;
    for (const DeadLetterGroup& letters : groupsOfLetters)
        activity.push_back({.group = letters,
                            .arrived = letters.count / 2,
                            .arrivedBefore = letters.count / 3,
                            .arrivals = {0, 2, 5, 3, letters.count / 4, 7}});
    agenda.agenda = makeAgenda(std::move(activity), agenda.period, {u"g3"_s}, Millis{86'400'000});
    for (int i = 0; i < 24; ++i)
        deadLetters.push_back(deadLetter(i, groupsOfLetters[0], now - Millis{i * 37'000}));
    priced = pricedCatalog();
    prices = pricedProfile();
    current.lastSampleAt = now - Millis{9'000};
    current.storeBytes = 186'400'000;
    current.connections = {
        {.connection = u"orders"_s, .connectivity = Connectivity::Connected, .lastError = {}, .lastContact = now},
        {.connection = u"billing"_s,
         .connectivity = Connectivity::Unreachable,
         .lastError = Error{ErrorCode::Unreachable,
                            u"billing-1:9092 does not answer. Check the network and bootstrap_servers."_s},
         .lastContact = {}}};
    groups = {
        group(1, u"payment-service"_s, u"payment-team"_s, 24'100, LagState::Stalled,
              TimeLag{Millis{252'000}, Millis{267'000}}, LagTrendReport{LagTrend::Growing, 42, std::nullopt}),
        group(2, u"inventory-service"_s, u"inventory-team"_s, 312, LagState::Behind,
              TimeLag{Millis{21'000}, Millis{36'000}}, LagTrendReport{LagTrend::Shrinking, -8.2, Millis{38'000}}),
        group(3, u"analytics-pipeline"_s, u"analytics-team"_s, 12'004, LagState::Ok,
              TimeLag{Millis{15'000}, Millis{30'000}}, LagTrendReport{LagTrend::Flat, 0.1, std::nullopt}),
        group(4, u"order-service"_s, u"order-team"_s, 0, LagState::Ok, TimeLag{Millis{0}, Millis{0}},
              LagTrendReport{LagTrend::Flat, 0, std::nullopt}),
        group(5, u"notification-service"_s, u"notification-team"_s, 3, LagState::Ok, TimeLag{Millis{0}, Millis{15'000}},
              std::nullopt),
        group(6, u"benachrichtigungs-zustellungs-dienst-für-versandbestätigungen-prod-eu-central-1"_s,
              u"Logistik und Zustellung"_s, 0, LagState::NeverCommitted, std::nullopt, std::nullopt),
        group(7, u"legacy-exporter"_s, {}, 980, LagState::LostToRetention, TimeLag{Millis{691'200'000}, std::nullopt},
              LagTrendReport{LagTrend::Flat, 0, std::nullopt}),
    };
    groups[5].totalLag.reset();
    groups[6].owner.reset();
    groups[6].lost = MessageCount{4'410};
    for (LagGroupRow& row : groups)
        row.sampledAt = now - Millis{9'000};
}

Result<views::ConsoleStatus> FakeDataSource::status(std::stop_token)
{
    return answer(current);
}

Status FakeDataSource::collectNow(std::stop_token)
{
    ++collected;
    return {};
}

Result<std::vector<LagGroupRow>> FakeDataSource::lagGroups(std::stop_token)
{
    return answer(groups);
}

Result<views::LagDetail> FakeDataSource::lagDetail(const QString& connection, const QString& name, UtcTime from,
                                                   UtcTime to, int, std::stop_token)
{
    views::LagDetail detail{.from = from, .to = to, .series = {}, .partitions = {}};
    const Millis step = (to - from) / 240;
    for (int i = 0; i < 240; ++i) {
        LagSeriesPoint point{.at = from + i * step, .lag = {}, .timeLagLow = {}, .timeLagHigh = {}};
        if (i < 90 || i > 110) {
            const double wave = 400 + 300 * std::sin(i / 14.0) + (i > 150 ? (i - 150) * 260.0 : 0);
            point.lag = MessageCount{static_cast<std::int64_t>(wave)};
            point.timeLagLow = Millis{static_cast<std::int64_t>(wave * 11)};
            point.timeLagHigh = Millis{static_cast<std::int64_t>(wave * 11) + 15'000};
        }
        detail.series.push_back(point);
    }
    for (int partition = 0; partition < 3; ++partition) {
        LagRow row;
        row.connection = connection;
        row.group = name;
        row.topic = u"order-events"_s;
        row.partition = partition;
        row.committedOffset = Offset{88'120 + partition * 311};
        row.endOffset = Offset{96'000 + partition * 402};
        row.lag = MessageCount{row.endOffset->value - row.committedOffset->value};
        row.timeLag = TimeLag{Millis{252'000 - partition * 60'000}, Millis{267'000 - partition * 60'000}};
        row.state = partition == 0 ? LagState::Stalled : LagState::Behind;
        row.sampledAt = m_now;
        detail.partitions.push_back(row);
    }
    return answer(detail);
}

Result<std::vector<SloRow>> FakeDataSource::slos(Millis, std::stop_token)
{
    return answer(promises);
}

Result<std::vector<SloDay>> FakeDataSource::sloDays(const QString&, const QString&, UtcTime from, UtcTime to,
                                                    std::stop_token)
{
    std::vector<SloDay> days;
    int i = 0;
    for (UtcTime day = std::chrono::floor<std::chrono::days>(from); day < to; day += Millis{86'400'000}, ++i) {
        SloDay one{.day = day, .total = 0, .succeeded = 0, .good = {}, .attainment = {}};
        if (i != 5 && i != 6) {
            one.total = 36'000 + 1'500 * (i % 4);
            one.good = one.total - 200 - 110 * i;
            one.attainment = static_cast<double>(*one.good) / static_cast<double>(one.total);
        }
        days.push_back(one);
    }
    return answer(days);
}

Result<views::CostAnswer> FakeDataSource::cost(const views::CostRequest& request, std::stop_token)
{
    const auto range = periodDays(request.period, request.timeZone, m_now);
    const CostOptions options{.range = range, .policy = request.policy, .idle = request.idle};
    views::CostAnswer made{.bill = costBill(priced, prices, options).value_or(CostBill()),
                           .previous = std::nullopt,
                           .simulation = std::nullopt,
                           .profiles = {u"seed"_s}};
    if (range) {
        CostOptions before = options;
        before.range = previousDays(*range);
        // A fifth less was published then, so that there is something to compare.
        made.previous =
            costBill(changedBy(CostWhatIf{.volumePercent = 80}, priced), prices, before).value_or(CostBill());
    }
    if (!request.whatIf.isNothing())
        made.simulation = compareBills(
            made.bill, costBill(changedBy(request.whatIf, priced), changedBy(request.whatIf, prices), options)
                           .value_or(CostBill()));
    return answer(made);
}

Status FakeDataSource::exportCost(const views::CostRequest&, const QString& file, const QString& format,
                                  std::stop_token)
{
    note(u"export cost "_s + file + (format.isEmpty() ? QString() : u' ' + format));
    const Result<bool> done = answer(true);
    return done ? Status() : Status(tl::unexpected(done.error()));
}

Result<std::vector<Concern>> FakeDataSource::concerns(std::stop_token)
{
    return answer(overview);
}

Result<std::vector<DeadLetterGroup>> FakeDataSource::letterGroups(const QString& query, std::stop_token)
{
    note(u"groups "_s + query);
    return answer(query.contains(u"team:nobody"_s) ? std::vector<DeadLetterGroup>() : groupsOfLetters);
}

Result<GroupArrivals> FakeDataSource::letterArrivals(int buckets, std::stop_token)
{
    GroupArrivals all;
    for (const DeadLetterGroup& group : groupsOfLetters)
        all.counts[group.id] = std::vector<std::int64_t>(static_cast<std::size_t>(buckets), 1);
    return answer(all);
}

Result<GroupWhy> FakeDataSource::whyGrouped(const QString& groupId, std::stop_token)
{
    GroupWhy asked = why;
    asked.id = groupId;
    return answer(asked);
}

Result<std::vector<PivotRow>> FakeDataSource::pivot(const QString& query, const std::vector<PivotField>& fields,
                                                    std::stop_token)
{
    QStringList names;
    for (const PivotField field : fields)
        names += pivotFieldName(field);
    note(u"pivot %1|%2"_s.arg(query, names.join(u',')));
    return answer(pivotRows);
}

Status FakeDataSource::mergeGroups(const QStringList& groupIds, const QString& into, const QString& reason,
                                   std::stop_token)
{
    note(u"merge %1|%2|%3"_s.arg(groupIds.join(u','), into, reason));
    return {};
}

Result<views::LetterPage> FakeDataSource::letters(const QString& query, int limit, std::stop_token stop)
{
    views::LetterPage page;
    for (const DeadLetter& letter : deadLetters) {
        if (!query.contains(u"group:"_s + letter.group) || static_cast<int>(page.letters.size()) >= limit)
            continue;
        page.letters.push_back(letter);
        page.letters.back().record.value.reset();
        page.letters.back().record.headers.clear();
    }
    page.outcome.found = static_cast<std::int64_t>(page.letters.size());
    if (isSearchHeld && page.letters.size() > 2) {
        Q_EMIT searchAdvanced(query, 200, 1'000, 2);
        Q_EMIT lettersFound(query, {page.letters.begin(), page.letters.begin() + 2});
        while (isSearchHeld && !stop.stop_requested())
            std::this_thread::yield();
    }
    return answer(page);
}

Result<QueryWords> FakeDataSource::queryWords(std::stop_token)
{
    QueryWords words;
    words.teams = {u"payment-team"_s, u"inventory-team"_s};
    words.headerNames = {u"region"_s};
    words.payloadPaths = {u"order.amount"_s};
    return answer(words);
}

Result<SavedViews> FakeDataSource::savedViews(std::stop_token)
{
    return answer(SavedViews{saved, {}});
}

Result<QString> FakeDataSource::saveView(const SavedView& view, std::stop_token)
{
    note(u"view %1 %2"_s.arg(view.name, view.query));
    {
        const std::lock_guard lock(m_mutex);
        saved.push_back(view);
    }
    return answer(u"/queries/%1.yaml"_s.arg(view.name));
}

Result<DeadLetter> FakeDataSource::letter(const QString& id, std::stop_token)
{
    for (const DeadLetter& letter : deadLetters) {
        if (letter.id == id)
            return answer(letter);
    }
    return fail(ErrorCode::NotFound, u"no such letter"_s);
}

Result<std::vector<TimelineEntry>> FakeDataSource::letterTimeline(const QString& id, std::stop_token stop)
{
    const auto found = letter(id, std::move(stop));
    if (!found)
        return tl::unexpected<Error>(found.error());
    return answer(spillway::letterTimeline(*found, {}));
}

Result<LetterComparison> FakeDataSource::compareLetter(const CompareRequest& request, LookupProgress* progress,
                                                       std::stop_token stop)
{
    note(u"compare %1|%2|%3"_s.arg(request.letterId, compareWithWord(request.with), request.otherId));
    const auto found = letter(request.letterId, stop);
    if (!found)
        return tl::unexpected<Error>(found.error());
    if (progress)
        progress->records = 500;
    if (request.with == CompareWith::Letter) {
        const auto other = letter(request.otherId, stop);
        if (!other)
            return tl::unexpected<Error>(other.error());
        return answer(compareLetters(*found, *other));
    }
    if (request.with == CompareWith::LastGood)
        return answer(compareWithLastGood(*found, {.because = u"none: looked at all 500 records"_s}));
    RawRecord origin = found->record;
    origin.headers.clear(); // a framework's stand in the letter alone
    origin.value = QByteArray(R"({"order_id":"4711","customer_id":"C-9"})");
    return answer(compareWithOrigin(
        *found,
        {.answer = OriginRecord::Answer::Confirmed, .record = origin, .because = u"its timestamp is the one"_s}));
}

Result<CopiedLine> FakeDataSource::copyLetter(const QString& id, LetterCopyForm form, std::stop_token stop)
{
    const auto found = letter(id, std::move(stop));
    if (!found)
        return tl::unexpected<Error>(found.error());
    return answer(form == LetterCopyForm::Kcat ? kcatLine(*found, u"broker:9092"_s, u"orders"_s)
                                               : CopiedLine{.line = showLine(*found), .missing = {}});
}

Result<DeadLetter> FakeDataSource::revealLetter(const QString& id, const QString& reason, std::stop_token stop)
{
    note(u"reveal %1|%2"_s.arg(id, reason));
    auto found = letter(id, stop);
    if (found && found->record.value)
        found->record.value = "revealed " + *found->record.value;
    return found;
}

bool FakeDataSource::waitWhileHeld(views::WorkProgress* progress, const std::stop_token& stop)
{
    if (progress) {
        progress->done = 1'200;
        progress->total = 3'000;
    }
    while (isHeld && !stop.stop_requested())
        std::this_thread::yield();
    return !stop.stop_requested();
}

Result<ExportReport> FakeDataSource::exportLetters(const QString& query, const QString& file,
                                                   views::WorkProgress* progress, std::stop_token stop)
{
    note(u"export %1|%2"_s.arg(query, file));
    if (!waitWhileHeld(progress, stop))
        return fail(ErrorCode::Cancelled, u"stopped; no file was written"_s);
    return answer(ExportReport{.file = file, .letters = 3, .masked = 1, .isMasked = true});
}

Result<LetterLoss> FakeDataSource::letterLoss(const QString&, std::stop_token)
{
    return answer(loss);
}

Result<FrozenLetters> FakeDataSource::freezeLetters(const QString& query, std::stop_token stop)
{
    const auto page = letters(query, 1'000'000, std::move(stop));
    if (!page)
        return tl::unexpected<Error>(page.error());
    FrozenLetters frozen{.ids = {}, .open = 0, .query = query, .at = m_now, .lastPlace = 0};
    for (const DeadLetter& letter : page->letters) {
        frozen.ids += letter.id;
        frozen.open += isOpen(letter.state) ? 1 : 0;
    }
    return frozen;
}

Result<std::int64_t> FakeDataSource::arrivedSince(const FrozenLetters&, std::stop_token)
{
    return answer(arrivals);
}

Result<QString> FakeDataSource::splitLetters(const QStringList& letterIds, const QString& title, const QString& reason,
                                             std::stop_token)
{
    note(u"split %1|%2|%3"_s.arg(letterIds.join(u','), title, reason));
    return answer(u"g0123456789ab"_s);
}

Result<RegroupPreview> FakeDataSource::previewRegroup(views::WorkProgress* progress, std::stop_token stop)
{
    note(u"regroup preview"_s);
    if (!waitWhileHeld(progress, stop))
        return fail(ErrorCode::Cancelled, u"stopped; nothing was changed"_s);
    return answer(regrouping);
}

Result<RegroupProgress> FakeDataSource::regroup(const QString& reason, views::WorkProgress* progress,
                                                std::stop_token stop)
{
    note(u"regroup "_s + reason);
    if (!waitWhileHeld(progress, stop))
        return fail(ErrorCode::Cancelled, u"stopped; the rest is grouped when Spillway runs again"_s);
    return answer(RegroupProgress{.done = 3, .total = 3, .moved = 1, .reason = reason});
}

Result<KindRulesFile> FakeDataSource::kindRulesFile(std::stop_token)
{
    return answer(kindsFile);
}

Result<KindTrial> FakeDataSource::tryKindRules(const std::optional<QByteArray>& text, views::WorkProgress* progress,
                                               std::stop_token stop)
{
    note(text ? u"try kinds "_s + QString::fromUtf8(*text) : u"kinds in use"_s);
    if (!waitWhileHeld(progress, stop))
        return fail(ErrorCode::Cancelled, u"stopped while the letters were read"_s);
    const Checked<KindRules> tried =
        text ? KindRules::withUsersText(*text, kindsFile.file) : KindRules::withUsers(QString());
    if (!tried.value)
        return fail(ErrorCode::InvalidConfig, u"the text has faults"_s);
    return answer(text && kindTrial ? kindTrial(*tried.value, kindShares)
                                    : kindTrialOf(kindShares, *tried.value, text.has_value()));
}

Status FakeDataSource::saveKindRules(const KindRulesFile& before, const QByteArray& text, std::stop_token)
{
    if (before != kindsFile)
        return fail(ErrorCode::Conflict, u"another file than the one shown"_s);
    kindsFile.text = text;
    note(u"save kinds "_s + QString::fromUtf8(text));
    const auto done = answer(true);
    return done ? Status() : tl::unexpected<Error>(done.error());
}

Status FakeDataSource::waitForKinds(views::WorkProgress* progress, std::stop_token stop)
{
    note(u"wait for kinds"_s);
    if (!waitWhileHeld(progress, stop))
        return fail(ErrorCode::Cancelled, u"letters go on being sorted"_s);
    return {};
}

Result<std::int64_t> FakeDataSource::exportKnownErrors(const QString& file, std::stop_token)
{
    note(u"known export "_s + file);
    return answer(std::int64_t{2});
}

Result<KnownImport> FakeDataSource::planKnownImport(const QString& file, std::stop_token)
{
    note(u"known import "_s + file);
    return answer(knownFile);
}

Result<DecodedPayload> FakeDataSource::decodedPayload(const DeadLetter&, std::stop_token)
{
    return answer(decoded);
}

Result<std::int64_t> FakeDataSource::triage(const QStringList& letterIds, const QString& query,
                                            const TriageRequest& request, std::stop_token)
{
    note(u"triage %1|%2|%3|%4|%5"_s.arg(letterIds.join(u','), query, triageStateWord(request.to), request.reason,
                                        request.assignee.value_or(QString())));
    return answer(std::int64_t{letterIds.size()});
}

Result<ReviewSheet> FakeDataSource::reviewSheet(std::stop_token)
{
    return answer(agenda);
}

Result<QString> FakeDataSource::openReview(const QStringList& participants, std::stop_token)
{
    note(u"review open "_s + participants.join(u','));
    {
        const std::lock_guard lock(m_mutex);
        agenda.open = Review{.id = u"r-1"_s, .openedAt = m_now, .openedBy = u"ana"_s, .participants = participants};
    }
    return answer(u"r-1"_s);
}

Result<ReviewOutcome> FakeDataSource::decideReview(const QString& group, const ReviewWords& words, std::stop_token)
{
    note(u"review decide %1 %2 \"%3\" %4 %5 %6"_s.arg(group, words.verdict, words.note, words.action, words.who,
                                                      words.due));
    auto decision = readReviewWords(words);
    if (!decision)
        return tl::unexpected<Error>(decision.error());
    decision->group = group;
    ReviewOutcome outcome;
    {
        const std::lock_guard lock(m_mutex);
        decision->seq = ++m_words;
        decision->decidedBy = u"ana"_s;
        decision->decidedAt = m_now;
        if (agenda.open) {
            const auto other = agenda.open->decisions.find(group);
            if (other != agenda.open->decisions.end()) {
                if (words.seen && *words.seen != other->second.seq)
                    return fail(ErrorCode::Conflict, u"somebody decided meanwhile"_s);
                outcome.replaced = other->second;
            }
            agenda.open->decisions[group] = *decision;
        }
        outcome.seq = decision->seq;
    }
    return answer(outcome);
}

Result<QString> FakeDataSource::closeReview(std::stop_token)
{
    note(u"review close"_s);
    {
        const std::lock_guard lock(m_mutex);
        agenda.last = agenda.open;
        agenda.open.reset();
    }
    return answer(u"r-1"_s);
}

Status FakeDataSource::writeMinutes(const QString& review, const QString& file, std::stop_token)
{
    note(u"review minutes %1 %2"_s.arg(review, file));
    return {};
}

Result<MappingSubject> FakeDataSource::mappingSubject(const QString&, const QString&, const QString& letter,
                                                      std::stop_token)
{
    note(u"map from "_s + letter);
    return answer(mapped);
}

Result<MappingEdit> FakeDataSource::mappingEdit(const QString&, const QString&, const DeadLetterMapping&,
                                                std::stop_token)
{
    return answer(mappedEdit);
}

Status FakeDataSource::saveMapping(const MappingEdit& edit, std::stop_token)
{
    if (edit != mappedEdit)
        return fail(ErrorCode::Conflict, u"another change than the one shown"_s);
    note(u"save mapping"_s);
    return {};
}

Result<RereadReport> FakeDataSource::rereadChannel(const QString& connection, const QString& channel,
                                                   views::WorkProgress* progress, std::stop_token stop)
{
    note(u"reread %1 %2"_s.arg(connection, channel));
    progress->total = 7;
    progress->done = 3;
    while (rereadWaits && !stop.stop_requested())
        std::this_thread::yield();
    return answer(RereadReport{.letters = stop.stop_requested() ? 3 : 7, .changed = 3, .total = 7});
}

Result<RescueReport> FakeDataSource::rescueLetters(const QStringList& letterIds, const QString& query,
                                                   views::WorkProgress* progress, std::stop_token stop)
{
    note(u"rescue %1|%2"_s.arg(letterIds.join(u','), query));
    if (progress) {
        progress->total = 7;
        progress->done = 3;
    }
    while (rereadWaits && !stop.stop_requested())
        std::this_thread::yield();
    for (DeadLetter& letter : deadLetters) {
        if (letterIds.contains(letter.id) && rescuedValue)
            letter.record.value = rescuedValue;
    }
    return answer(RescueReport(rescue));
}

Result<PurgeReport> FakeDataSource::purgeLetter(const QString& letterId, const QString& reason, std::stop_token)
{
    note(u"purge %1|%2"_s.arg(letterId, reason));
    PurgeReport report = purge;
    report.letterId = letterId;
    for (DeadLetter& letter : deadLetters) {
        if (letter.id != letterId)
            continue;
        letter.erased = LetterErasure{.at = m_now, .by = u"anna"_s, .reason = reason};
        letter.record.key.reset();
        letter.record.value.reset();
        letter.record.headers.clear();
    }
    return answer(report);
}

Result<std::vector<DoctorFinding>> FakeDataSource::setupFindings(std::stop_token)
{
    return answer(setup);
}

Result<DecisionSheet> FakeDataSource::decisions(const QString& subject, std::stop_token)
{
    DecisionSheet answered = sheet;
    answered.subject = subject;
    return answer(answered);
}

Result<ActionReport> FakeDataSource::act(const TriageAction& action, std::stop_token)
{
    note(u"act "_s + QString::fromUtf8(actionToJson(action)));
    return answer(ActionReport{.changed = 1, .seq = 7, .summary = u"done"_s, .refused = {}});
}

Result<UndoPlan> FakeDataSource::undoable(std::stop_token)
{
    return answer(lastDecision);
}

Result<std::vector<ReplayJobRow>> FakeDataSource::replayJobs(std::stop_token)
{
    return answer(jobs);
}

Result<views::ReplayPreview> FakeDataSource::planReplay(const views::ReplayRequest& request,
                                                        views::WorkProgress* progress, std::stop_token stop)
{
    const HeaderRequest& headers = request.headers;
    note(u"plan %1|%2|%3"_s.arg(request.letterIds.join(u','), request.query, request.to) +
         (headers == HeaderRequest() ? QString()
                                     : u"|drop %1|keep %2|sets %3|%4"_s.arg(
                                           headers.drop.join(u','), headers.keep.join(u','), headers.sets.join(u','),
                                           headers.allowsUnknownDialects ? u"unknown too"_s : u"known"_s)));
    if (!waitWhileHeld(progress, stop))
        return fail(ErrorCode::Cancelled, u"stopped; nothing was planned"_s);
    return answer(preview);
}

Result<QString> FakeDataSource::runReplay(const views::ReplayRun& run, std::stop_token)
{
    note(u"run %1|%2|%3|%4|%5"_s.arg(run.planFile, run.rate, run.canary, run.confirmedTargets, run.reason));
    const std::lock_guard lock(m_mutex);
    if (m_failure)
        return tl::unexpected<Error>(*m_failure);
    jobs.insert(jobs.begin(), job(u"j-new"_s, JobState::Running, preview.messages, 0, m_now));
    return u"j-new"_s;
}

Status FakeDataSource::resumeReplay(const QString& name, const QString& confirmedTargets, const QString& reason,
                                    std::stop_token)
{
    note(u"resume %1|%2|%3"_s.arg(name, confirmedTargets, reason));
    return {};
}

Status FakeDataSource::cancelReplay(const QString& name, std::stop_token)
{
    note(u"cancel "_s + name);
    return {};
}

void FakeDataSource::note(const QString& intent)
{
    const std::lock_guard lock(m_mutex);
    m_intents << intent;
}

QStringList FakeDataSource::intents()
{
    const std::lock_guard lock(m_mutex);
    return m_intents;
}

void FakeDataSource::failWith(std::optional<Error> error)
{
    const std::lock_guard lock(m_mutex);
    m_failure = std::move(error);
}

void FakeDataSource::empty()
{
    groups.clear();
    promises.clear();
    priced = {};
    overview.clear();
    agenda = {};
    groupsOfLetters.clear();
    deadLetters.clear();
    jobs.clear();
}

} // namespace spillway::test
