// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/kindreport.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/groupkind.h"
#include "model/deadletter/kindtally.h"
#include "model/deadletter/letterscan.h"
#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::int64_t toldEach = 1'000;

struct GroupWord
{
    QString title;
    QString above;
};

Result<std::map<QString, GroupWord>> groupWords(Database& reader, const std::set<QString>& groups)
{
    return reader.query<std::map<QString, GroupWord>>([&groups](SQLite::Database& db) {
        std::map<QString, GroupWord> words;
        SQLite::Statement select(db, "SELECT group_id, title FROM letter_group ORDER BY id");
        while (select.executeStep())
            words.emplace(sql::text(select.getColumn(0)), GroupWord{sql::text(select.getColumn(1)), {}});
        for (const QString& group : groups)
            words[group].above = kindAbove(db, group);
        return words;
    });
}

QString countsBecause(const KindShare& share)
{
    if (share.isPending())
        return u"the rules are asked again by the next collect"_s;
    return share.isHeldByPerson() ? u"a person decided so, above the rules"_s
                                  : u"how its replays ended stands above the rules"_s;
}

QString kindByWord(const KindShare& share)
{
    if (share.isHeldByPerson())
        return u"person"_s;
    return kindThatCounts(share.above, share.verdict.kind) == share.verdict.kind ? u"rule"_s : u"replays"_s;
}

QString lettersWord(std::int64_t count)
{
    return count == 1 ? u"letter"_s : u"letters"_s;
}

/// nullopt: no rule.
std::optional<std::size_t> placeOf(const KindRule* rule, const KindRules& rules)
{
    return rule ? std::optional(static_cast<std::size_t>(rule - rules.rules().data())) : std::nullopt;
}

QString ruleName(const QString& name)
{
    return name.isEmpty() ? u"(no rule)"_s : visibleText(name);
}

} // namespace

FailureKind KindShare::before() const
{
    return kindThatCounts(above, verdict.kind);
}

FailureKind KindShare::after() const
{
    return kindThatCounts(above, trial.kind);
}

bool KindShare::isHeldByPerson() const
{
    return above.startsWith(u"person"_s);
}

bool KindShare::isPending() const
{
    return kind != before();
}

Result<std::vector<KindShare>> kindShares(Database& reader, const Query& query, UtcTime now, const KindRules& rules,
                                          const KindRules* trial, std::stop_token stop,
                                          const std::function<void(std::int64_t, std::int64_t)>& tell)
{
    std::int64_t read = 0;
    std::int64_t stored = -1;
    if (tell) {
        const auto count = reader.query<std::int64_t>(
            [](SQLite::Database& db) { return db.execAndGet("SELECT count(*) FROM letter").getInt64(); });
        if (!count)
            return tl::unexpected<Error>(count.error());
        stored = *count;
    }
    std::map<KindTally::Share, std::int64_t> counts;
    std::optional<Result<QueryOutcome>> outcome;
    const Status status = reader.guarded([&](SQLite::Database& db) {
        KindTally tally(db, rules, trial ? *trial : rules);
        const auto goesOn = [&] {
            if (tell && read++ % toldEach == 0)
                tell(read - 1, stored);
            return !stop.stop_requested();
        };
        outcome = scanLetters(
            reader, query, {.now = now, .limit = std::nullopt, .timeLimit = std::nullopt, .progress = {}},
            [&](std::span<const std::int64_t> places) {
                tally.add(places, goesOn);
                return true;
            },
            stop);
        counts = tally.shares();
    });
    if (!status)
        return tl::unexpected<Error>(status.error());
    if (!*outcome)
        return tl::unexpected<Error>(outcome->error());
    if ((*outcome)->end == QueryOutcome::End::Stopped || stop.stop_requested())
        return fail(ErrorCode::Cancelled, u"stopped while the letters were read"_s);
    std::set<QString> groups;
    for (const auto& [key, letters] : counts)
        groups.insert(std::get<0>(key));
    const auto words = groupWords(reader, groups);
    if (!words)
        return tl::unexpected<Error>(words.error());
    std::vector<KindShare> shares;
    for (const auto& [key, letters] : counts) {
        const auto& [group, rule, other, kind] = key;
        const GroupWord& word = words->at(group);
        shares.push_back({.group = group,
                          .title = word.title.isEmpty() ? group : word.title,
                          .letters = letters,
                          .kind = kind,
                          .above = word.above,
                          .verdict = KindRules::verdictOf(rule),
                          .trial = KindRules::verdictOf(other),
                          .trialPlace = placeOf(other, trial ? *trial : rules)});
    }
    std::sort(shares.begin(), shares.end(), [](const KindShare& a, const KindShare& b) {
        return std::tuple(a.group, -a.letters, a.verdict.rule, a.trial.rule) <
               std::tuple(b.group, -b.letters, b.verdict.rule, b.trial.rule);
    });
    return shares;
}

QByteArray kindSharesJson(const std::vector<KindShare>& shares, bool isTrial)
{
    JsonWriter json;
    json.beginArray();
    for (const KindShare& share : shares) {
        const auto nameOf = [](const KindVerdict& verdict) {
            return verdict.rule.isEmpty() ? std::nullopt : std::optional(verdict.rule);
        };
        json.beginObject()
            .field(u"group", share.group)
            .field(u"title", share.title)
            .field(u"letters", share.letters)
            .field(u"kind", failureKindWord(share.kind))
            .field(u"kindBy", kindByWord(share))
            .field(u"pending", share.isPending())
            .field(u"rule", nameOf(share.verdict))
            .field(u"ruleKind", failureKindWord(share.verdict.kind))
            .field(u"reason", share.verdict.reason)
            .field(u"suggestion", share.verdict.suggestion);
        if (isTrial)
            json.field(u"trialRule", nameOf(share.trial))
                .field(u"trialKind", failureKindWord(share.trial.kind))
                .field(u"trialCounts", failureKindWord(share.after()))
                .field(u"changed", share.isChanged())
                .field(u"held", share.isHeld());
        json.endObject();
    }
    json.endArray();
    return json.json();
}

QString kindSharesText(const std::vector<KindShare>& shares, bool isTrial)
{
    QString text;
    std::int64_t changed = 0;
    std::int64_t held = 0;
    for (const KindShare& share : shares) {
        text += u"%1  %2\n"_s.arg(share.group, visibleText(share.title));
        text += u"  %1 %2: %3, by the rule \"%4\": %5\n"_s.arg(
            formatCount(share.letters), lettersWord(share.letters), failureKindWord(share.verdict.kind),
            ruleName(share.verdict.rule), visibleText(share.verdict.reason));
        if (share.kind != share.verdict.kind || share.isPending())
            text += u"  counts as %1: %2\n"_s.arg(failureKindWord(share.kind), countsBecause(share));
        if (isTrial && share.isChanged()) {
            changed += share.letters;
            text += u"  would become %1, by the rule \"%2\"%3\n"_s.arg(
                failureKindWord(share.after()), ruleName(share.trial.rule),
                share.isHeld() ? u" and how its replays ended"_s : QString());
        } else if (isTrial && share.isHeld() && share.trial.kind != share.verdict.kind) {
            held += share.letters;
            text += u"  the rule \"%1\" says %2, but %3\n"_s.arg(
                ruleName(share.trial.rule), failureKindWord(share.trial.kind),
                share.isHeldByPerson() ? u"a person decided, above the rules"_s
                                       : u"how its replays ended stands above the rules"_s);
        } else {
            text += u"  next: %1\n"_s.arg(visibleText(share.verdict.suggestion));
        }
    }
    if (isTrial && held > 0)
        text += u"%1 %2 would, but for what stands above the rules\n"_s.arg(formatCount(held), lettersWord(held));
    if (isTrial)
        text += u"%1 %2 would change\n"_s.arg(formatCount(changed), lettersWord(changed));
    return text;
}

QByteArray kindRulesJson(const KindRules& rules)
{
    JsonWriter json;
    json.beginArray();
    for (const KindRule& rule : rules.rules()) {
        const KindVerdict verdict = KindRules::verdictOf(&rule);
        json.beginObject()
            .field(u"name", rule.name)
            .field(u"kind", failureKindWord(rule.kind))
            .field(u"reason", rule.reason)
            .field(u"suggestion", verdict.suggestion)
            .field(u"own", rule.isUsers)
            .field(u"line", std::int64_t{rule.line})
            .endObject();
    }
    json.endArray();
    return json.json();
}

QString kindRulesText(const KindRules& rules)
{
    QString text;
    int number = 0;
    for (const KindRule& rule : rules.rules())
        text += u"%1  %2  %3%4\n     %5\n"_s.arg(
            QString::number(++number).rightJustified(3), failureKindWord(rule.kind).leftJustified(9),
            visibleText(rule.name), rule.isUsers ? u"  (the workspace's)"_s : QString(), visibleText(rule.reason));
    return text;
}

} // namespace spillway
