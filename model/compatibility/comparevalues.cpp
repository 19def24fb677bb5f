// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/schemaplaces.h"

#include "model/base/text.h"
#include "model/schema/jsonformat.h"

#include <algorithm>
#include <array>
#include <cmath>

/// The keywords about numbers, texts and counts.
namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = SchemaCheck::Kind;

struct Bound
{
    Decimal value;
    bool isExclusive = false;
    SchemaSpot spot;
    QString text;
};

/// The tightest of a side's bounds.
std::optional<Bound> boundOf(const CompiledVersion& version, const SchemaView& view, Kind inclusive, Kind exclusive,
                             bool isLower)
{
    std::optional<Bound> tightest;
    for (const SchemaAtom& atom : view.atoms) {
        if (atom.check->kind != inclusive && atom.check->kind != exclusive)
            continue;
        const std::uint32_t document = version.node(atom.schema).document;
        Bound bound{.value = atom.check->number->exact,
                    .isExclusive = atom.check->kind == exclusive,
                    .spot = {document, atom.check->source},
                    .text = visibleBytes(version.tape(document).token(atom.check->source)).left(40)};
        const bool isTighter = !tightest || (isLower ? bound.value > tightest->value : bound.value < tightest->value) ||
                               (bound.value == tightest->value && bound.isExclusive);
        if (isTighter)
            tightest = std::move(bound);
    }
    return tightest;
}

bool isTighter(const std::optional<Bound>& bound, const std::optional<Bound>& than, bool isLower)
{
    if (!bound)
        return false;
    if (!than || (isLower ? bound->value > than->value : bound->value < than->value))
        return true;
    return bound->value == than->value && bound->isExclusive && !than->isExclusive;
}

/// Of whole numbers `> 0` is `>= 1`, and `>= 0.5` too: then the bound that is written otherwise is the same.
std::optional<Bound> ofWholeNumbers(std::optional<Bound> bound, bool isLower)
{
    constexpr double mostExact = 9e15; // beyond, a double is no exact whole number
    if (!bound || std::abs(bound->value.toDouble()) > mostExact)
        return bound;
    const double value = bound->value.toDouble();
    auto whole = static_cast<std::int64_t>(isLower ? std::ceil(value) : std::floor(value));
    // A double may have been rounded onto a whole number, from either side.
    if (isLower ? Decimal::fromInteger(whole) < bound->value : Decimal::fromInteger(whole) > bound->value)
        whole += isLower ? 1 : -1;
    if (isLower ? Decimal::fromInteger(whole - 1) >= bound->value : Decimal::fromInteger(whole + 1) <= bound->value)
        whole -= isLower ? 1 : -1;
    if (bound->isExclusive && Decimal::fromInteger(whole) == bound->value)
        whole += isLower ? 1 : -1;
    bound->value = Decimal::fromInteger(whole);
    bound->isExclusive = false;
    return bound;
}

struct CountWord
{
    Kind kind;
    const char16_t* word;
    std::uint8_t types;
    bool isLeast;
};
constexpr std::array countWords{
    CountWord{Kind::MinLength, u"minLength", typebits::string, true},
    CountWord{Kind::MaxLength, u"maxLength", typebits::string, false},
    CountWord{Kind::MinItems, u"minItems", typebits::array, true},
    CountWord{Kind::MaxItems, u"maxItems", typebits::array, false},
    CountWord{Kind::MinProperties, u"minProperties", typebits::object, true},
    CountWord{Kind::MaxProperties, u"maxProperties", typebits::object, false},
};

/// `minLengthAdded`, `…Removed`, `…Increased`, `…Decreased`.
QString kindOfLimit(const QString& word, bool wasThere, bool isThere, bool isLarger)
{
    return word + (!wasThere ? u"Added"_s : !isThere ? u"Removed"_s : isLarger ? u"Increased"_s : u"Decreased"_s);
}

} // namespace

void SchemaComparison::compareNumbers(Places& at)
{
    if (!at.concerns(typebits::number))
        return;
    for (const bool isLower : {true, false}) {
        const Kind inclusive = isLower ? Kind::Minimum : Kind::Maximum;
        const Kind exclusive = isLower ? Kind::ExclusiveMinimum : Kind::ExclusiveMaximum;
        const auto before = boundOf(at.older, at.a, inclusive, exclusive, isLower);
        const auto after = boundOf(at.newer, at.b, inclusive, exclusive, isLower);
        const auto tightens = [&](const auto& bound, const auto& than, std::uint8_t types) {
            return (types & typebits::fraction) != 0
                       ? isTighter(bound, than, isLower)
                       : isTighter(ofWholeNumbers(bound, isLower), ofWholeNumbers(than, isLower), isLower);
        };
        const bool narrows = tightens(after, before, at.a.types);
        const bool widens = tightens(before, after, at.b.types);
        if (!narrows && !widens)
            continue;
        const bool isExclusive = (after ? after : before)->isExclusive;
        const QString word = isLower ? (isExclusive ? u"exclusiveMinimum"_s : u"minimum"_s)
                                     : (isExclusive ? u"exclusiveMaximum"_s : u"maximum"_s);
        add(at, {.path = u'/' + word,
                 .kind = kindOfLimit(word, before.has_value(), after.has_value(), narrows == isLower),
                 .message = u"\"%1\" was %2 and is %3"_s.arg(word, before ? before->text : u"not set"_s,
                                                             after ? after->text : u"not set"_s),
                 .older = before ? before->spot : at.olderOwner(),
                 .newer = after ? after->spot : at.newerOwner(),
                 .backward = at.breaksIf(narrows, typebits::number),
                 .forward = at.breaksIf(widens, typebits::number)});
    }

    const auto before = at.a.of(Kind::MultipleOf);
    const auto after = at.b.of(Kind::MultipleOf);
    // Each divisor must divide something that the other side's values are multiples of.
    const auto follow = [](const std::vector<SchemaAtom>& divisors, const std::vector<SchemaAtom>& from,
                           std::uint8_t types) {
        const bool areWhole = (types & typebits::fraction) == 0;
        return std::all_of(divisors.begin(), divisors.end(), [&](const SchemaAtom& divisor) {
            const Decimal& number = divisor.check->number->exact;
            return (areWhole && Decimal::fromInteger(1).isMultipleOf(number).value_or(false)) ||
                   std::any_of(from.begin(), from.end(), [&](const SchemaAtom& source) {
                       return source.check->number->exact.isMultipleOf(number).value_or(false);
                   });
        });
    };
    const bool narrows = !follow(after, before, at.a.types);
    const bool widens = !follow(before, after, at.b.types);
    if (!narrows && !widens && before.size() == after.size())
        return;
    add(at, {.path = u"/multipleOf"_s,
             .kind = before.empty()       ? u"multipleOfAdded"_s
                     : after.empty()      ? u"multipleOfRemoved"_s
                     : narrows && !widens ? u"multipleOfExtended"_s
                     : !narrows && widens ? u"multipleOfReduced"_s
                                          : u"multipleOfChanged"_s,
             .message = u"numbers must be multiples of something else"_s,
             .older = before.empty() ? at.olderOwner() : at.olderSpot(before.front()),
             .newer = after.empty() ? at.newerOwner() : at.newerSpot(after.front()),
             .backward = at.breaksIf(narrows, typebits::number),
             .forward = at.breaksIf(widens, typebits::number)});
}

void SchemaComparison::compareTexts(Places& at)
{
    if (!at.concerns(typebits::string))
        return;
    const auto patternsOf = [](const CompiledVersion& version, const SchemaView& view) {
        std::vector<std::pair<QString, SchemaSpot>> patterns;
        for (const SchemaAtom& atom : view.of(Kind::Pattern)) {
            const SchemaSpot spot{version.node(atom.schema).document, atom.check->source};
            patterns.emplace_back(version.textOf(spot), spot);
        }
        return patterns;
    };
    const auto compareWords = [&](const auto& before, const auto& after, const QString& word, auto decides) {
        const auto missing = [](const auto& these, const auto& those) {
            auto left = these;
            std::erase_if(left, [&](const auto& one) {
                return std::any_of(those.begin(), those.end(),
                                   [&](const auto& other) { return other.first == one.first; });
            });
            return left;
        };
        const auto gone = missing(before, after);
        const auto come = missing(after, before);
        if (gone.empty() && come.empty())
            return;
        const bool narrows = std::any_of(come.begin(), come.end(), [&](const auto& one) { return decides(one.first); });
        const bool widens = std::any_of(gone.begin(), gone.end(), [&](const auto& one) { return decides(one.first); });
        const auto shown = [](const auto& words) {
            return words.empty() ? u"not set"_s : u"\"%1\""_s.arg(visibleText(words.front().first).left(60));
        };
        add(at, {.path = u'/' + word,
                 .kind = word + (gone.empty()   ? u"Added"_s
                                 : come.empty() ? u"Removed"_s
                                                : u"Changed"_s),
                 .message = u"\"%1\" was %2 and is %3"_s.arg(word, shown(gone), shown(come)),
                 .older = gone.empty() ? at.olderOwner() : gone.front().second,
                 .newer = come.empty() ? at.newerOwner() : come.front().second,
                 .backward = at.breaksIf(narrows, typebits::string),
                 .forward = at.breaksIf(widens, typebits::string)});
    };
    compareWords(patternsOf(at.older, at.a), patternsOf(at.newer, at.b), u"pattern"_s,
                 [](const QString&) { return true; });
    // Whether a format counts is up to the validator; one that no specification knows counts nowhere.
    compareWords(at.a.formats, at.b.formats, u"format"_s, [](const QString& name) { return isStandardFormat(name); });
}

void SchemaComparison::compareCounts(Places& at)
{
    for (const CountWord& count : countWords) {
        if (!at.concerns(count.types))
            continue;
        const auto limitOf = [&](const SchemaView& view) {
            std::optional<std::pair<std::uint64_t, SchemaAtom>> tightest;
            for (const SchemaAtom& atom : view.of(count.kind)) {
                const std::uint64_t limit = count.isLeast ? atom.check->least : atom.check->most;
                if (count.isLeast && limit == 0)
                    continue; // asks nothing
                if (!tightest || (count.isLeast ? limit > tightest->first : limit < tightest->first))
                    tightest = std::pair(limit, atom);
            }
            return tightest;
        };
        const auto before = limitOf(at.a);
        const auto after = limitOf(at.b);
        const auto tighter = [&](const auto& limit, const auto& than) {
            return limit && (!than || (count.isLeast ? limit->first > than->first : limit->first < than->first));
        };
        const bool narrows = tighter(after, before);
        const bool widens = tighter(before, after);
        if (!narrows && !widens)
            continue;
        const QString word = QString::fromUtf16(count.word);
        // So many fields are there anyhow, since they are required.
        const auto isImplied = [&](const auto& limit, const SchemaView& other) {
            return count.kind == Kind::MinProperties && limit && limit->first <= requiredNames(other).size();
        };
        const auto shown = [](const auto& limit) { return limit ? QString::number(limit->first) : u"not set"_s; };
        add(at, {.path = u'/' + word,
                 .kind = kindOfLimit(word, before.has_value(), after.has_value(), narrows == count.isLeast),
                 .message = u"\"%1\" was %2 and is %3"_s.arg(word, shown(before), shown(after)),
                 .older = before ? at.olderSpot(before->second) : at.olderOwner(),
                 .newer = after ? at.newerSpot(after->second) : at.newerOwner(),
                 .backward = at.breaksIf(narrows && !isImplied(after, at.a), count.types),
                 .forward = at.breaksIf(widens && !isImplied(before, at.b), count.types)});
    }
    const auto before = at.a.of(Kind::UniqueItems);
    const auto after = at.b.of(Kind::UniqueItems);
    if (before.empty() == after.empty() || !at.concerns(typebits::array))
        return;
    add(at, {.path = u"/uniqueItems"_s,
             .kind = before.empty() ? u"uniqueItemsAdded"_s : u"uniqueItemsRemoved"_s,
             .message = before.empty() ? u"elements must differ now"_s : u"elements may repeat now"_s,
             .older = before.empty() ? at.olderOwner() : at.olderSpot(before.front()),
             .newer = after.empty() ? at.newerOwner() : at.newerSpot(after.front()),
             .backward = before.empty() ? DirectionVerdict::Breaks : DirectionVerdict::Holds,
             .forward = before.empty() ? DirectionVerdict::Holds : DirectionVerdict::Breaks});
}

} // namespace spillway
