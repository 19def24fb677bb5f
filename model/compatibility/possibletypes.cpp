// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/possibletypes.h"

#include "model/compatibility/jsonedit.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spillway {

namespace {

using Kind = SchemaCheck::Kind;
constexpr std::size_t mostWork = 20'000; // conjunctions looked at
constexpr std::size_t deepest = 12;
constexpr std::size_t mostChoices = 2; // made within each other
constexpr std::size_t mostBranches = 16;
constexpr std::size_t mostItems = 8;
constexpr std::size_t mostConstants = 60;
constexpr double largestExact = 1e15; // doubles tell whole numbers apart below

std::uint64_t largest(const SchemaView& view, Kind kind)
{
    std::uint64_t least = 0;
    for (const SchemaAtom& atom : view.of(kind))
        least = std::max(least, atom.check->least);
    return least;
}

std::uint64_t smallest(const SchemaView& view, Kind kind)
{
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    for (const SchemaAtom& atom : view.of(kind))
        most = std::min(most, atom.check->most);
    return most;
}

/// A bound as far as doubles tell; reading decimals keeps their order, so what is apart as a double is apart.
struct Bound
{
    double value = 0;
    bool isExclusive = false;
};

std::uint8_t possibleNumbers(const CompiledVersion& version, const SchemaView& view)
{
    Bound low{-std::numeric_limits<double>::infinity(), false};
    Bound high{std::numeric_limits<double>::infinity(), false};
    double step = 0;
    for (const SchemaAtom& atom : view.atoms) {
        const Kind kind = atom.check->kind;
        const bool isLow = kind == Kind::Minimum || kind == Kind::ExclusiveMinimum;
        const bool isHigh = kind == Kind::Maximum || kind == Kind::ExclusiveMaximum;
        if (!isLow && !isHigh && kind != Kind::MultipleOf)
            continue;
        bool isNumber = false;
        const double value = version.tape(version.node(atom.schema).document)
                                 .token(atom.check->source)
                                 .toByteArray()
                                 .toDouble(&isNumber);
        if (!isNumber || !std::isfinite(value))
            continue;
        const bool isExclusive = kind == Kind::ExclusiveMinimum || kind == Kind::ExclusiveMaximum;
        if (isLow && (value > low.value || (value == low.value && isExclusive)))
            low = {value, isExclusive};
        if (isHigh && (value < high.value || (value == high.value && isExclusive)))
            high = {value, isExclusive};
        if (kind == Kind::MultipleOf && value > step && value == std::floor(value))
            step = value;
    }
    if (low.value > high.value)
        return 0;
    const bool isExact = std::abs(low.value) < largestExact && std::abs(high.value) < largestExact;
    if (!isExact)
        return typebits::number;
    const bool isWhole = low.value == std::floor(low.value) && high.value == std::floor(high.value);
    if (isWhole && low.value == high.value && (low.isExclusive || high.isExclusive))
        return 0;
    // A multiple of a whole number is whole, so it counts for both kinds of numbers.
    const double unit = std::max(step, 1.0);
    double first = std::ceil(low.value / unit);
    double last = std::floor(high.value / unit);
    if (isWhole && low.isExclusive && first * unit == low.value)
        first += 1;
    if (isWhole && high.isExclusive && last * unit == high.value)
        last -= 1;
    if (first <= last || unit > largestExact)
        return typebits::number;
    return step > 0 ? std::uint8_t{0} : typebits::fraction;
}

/// Types that a keyword says anything about.
std::uint8_t concerned(Kind kind)
{
    switch (kind) {
    case Kind::Properties:
    case Kind::Required:
    case Kind::PropertyNames:
    case Kind::MinProperties:
    case Kind::MaxProperties:
    case Kind::DependentRequired:
    case Kind::DependentSchemas:
    case Kind::UnevaluatedProperties:
        return typebits::object;
    case Kind::Items:
    case Kind::Contains:
    case Kind::MinItems:
    case Kind::MaxItems:
    case Kind::UniqueItems:
    case Kind::UnevaluatedItems:
        return typebits::array;
    case Kind::MinLength:
    case Kind::MaxLength:
    case Kind::Pattern:
        return typebits::string;
    case Kind::Minimum:
    case Kind::Maximum:
    case Kind::ExclusiveMinimum:
    case Kind::ExclusiveMaximum:
    case Kind::MultipleOf:
        return typebits::number;
    default:
        return typebits::all;
    }
}

/// Types of which every value is accepted for certain.
std::uint8_t certainTypes(const CompiledVersion& version, SchemaRef ref)
{
    if (ref == noSchema)
        return 0;
    const SchemaView view = viewOf(version, {ref});
    if (view.refuses || !view.isWhole)
        return 0;
    std::uint8_t types = view.namedTypes;
    if ((types & typebits::fraction) == 0)
        types &= static_cast<std::uint8_t>(~typebits::integer); // validators differ over 1.0 in draft 4
    if (!view.formats.empty())
        types &= static_cast<std::uint8_t>(~(typebits::string | typebits::number));
    for (const SchemaAtom& atom : view.atoms) {
        if (atom.check->kind != Kind::Type)
            types &= static_cast<std::uint8_t>(~concerned(atom.check->kind));
    }
    return types;
}

} // namespace

std::uint8_t PossibleTypes::of(const Conjunction& schemas)
{
    if (const auto known = m_known.find(schemas); known != m_known.end() && m_made.empty())
        return known->second;
    if (m_open.contains(schemas) || m_open.size() > deepest || ++m_work > mostWork)
        return typebits::all;
    m_open.insert(schemas);
    const std::uint8_t types = look(schemas);
    m_open.erase(schemas);
    if (m_made.empty())
        m_known.insert_or_assign(schemas, types);
    return types;
}

std::uint8_t PossibleTypes::look(const Conjunction& schemas)
{
    const SchemaView view = viewOf(m_version, schemas);
    if (view.refuses)
        return 0;
    std::uint8_t types = view.types;
    if (const auto constants = constantsOf(m_version, view)) {
        const bool areAllRefused = constants->size() <= mostConstants &&
                                   std::all_of(constants->begin(), constants->end(), [&](const QByteArray& constant) {
                                       return m_version.refuses(schemas, constant);
                                   });
        if (areAllRefused)
            return 0;
    }
    if ((types & typebits::number) != 0)
        types &= static_cast<std::uint8_t>(~typebits::number | possibleNumbers(m_version, view));
    if ((types & typebits::string) != 0 && largest(view, Kind::MinLength) > smallest(view, Kind::MaxLength))
        types &= static_cast<std::uint8_t>(~typebits::string);
    if ((types & typebits::array) != 0 && !canBeArray(view))
        types &= static_cast<std::uint8_t>(~typebits::array);
    if ((types & typebits::object) != 0 && !canBeObject(view))
        types &= static_cast<std::uint8_t>(~typebits::object);
    for (const SchemaAtom& atom : view.of(Kind::Not))
        types &= static_cast<std::uint8_t>(~certainTypes(m_version, atom.check->schema));
    return types == 0 ? types : types & chosen(schemas, view);
}

/// What is left by each choice, whichever branch is taken.
std::uint8_t PossibleTypes::chosen(const Conjunction& schemas, const SchemaView& view)
{
    std::uint8_t types = typebits::all;
    if (m_made.size() >= mostChoices)
        return types;
    for (const SchemaAtom& atom : view.atoms) {
        const SchemaCheck& check = *atom.check;
        const bool isList = check.kind == Kind::AnyOf || check.kind == Kind::OneOf;
        if ((!isList && check.kind != Kind::If) || check.schemas.size() > mostBranches || m_made.contains(&check))
            continue;
        m_made.insert(&check);
        const auto with = [&](std::initializer_list<SchemaRef> more) {
            Conjunction wider = schemas;
            for (const SchemaRef ref : more) {
                if (ref != noSchema)
                    wider.push_back(ref);
            }
            return of(conjunctionOf(std::move(wider)));
        };
        std::uint8_t any = 0;
        if (isList) {
            for (const SchemaRef branch : check.schemas)
                any |= with({branch});
        } else {
            any = static_cast<std::uint8_t>(with({check.schemas[0], check.schemas[1]}) |
                                            (with({check.schemas[2]}) & ~certainTypes(m_version, check.schemas[0])));
        }
        m_made.erase(&check);
        types &= any;
        if (types == 0)
            break;
    }
    return types;
}

bool PossibleTypes::canBeArray(const SchemaView& view)
{
    const std::uint64_t least = largest(view, Kind::MinItems);
    const std::uint64_t most = smallest(view, Kind::MaxItems);
    if (least > most)
        return false;
    for (std::size_t place = 0; place < std::min<std::uint64_t>(least, mostItems); ++place) {
        if (of(itemOf(view, place)) == 0)
            return false;
    }
    const auto contains = view.of(Kind::Contains);
    return std::none_of(contains.begin(), contains.end(), [&](const SchemaAtom& atom) {
        return atom.check->least > 0 &&
               (atom.check->least > most || atom.check->least > atom.check->most || of({atom.check->schema}) == 0);
    });
}

bool PossibleTypes::canBeObject(const SchemaView& view)
{
    const std::uint64_t least = largest(view, Kind::MinProperties);
    const std::uint64_t most = smallest(view, Kind::MaxProperties);
    std::set<std::string> required;
    for (std::string& name : requiredNames(view))
        required.insert(std::move(name));
    for (bool isMore = true; isMore;) {
        isMore = false;
        for (const SchemaAtom& atom : view.of(Kind::DependentRequired)) {
            for (const NameDependency& dependency : atom.check->dependencies) {
                if (!required.contains(dependency.name))
                    continue;
                for (const std::string& need : dependency.needs)
                    isMore = required.insert(need).second || isMore;
            }
        }
    }
    if (std::max<std::uint64_t>(least, required.size()) > most)
        return false;
    Conjunction names;
    for (const SchemaAtom& atom : view.of(Kind::PropertyNames))
        names.push_back(atom.check->schema);
    names = conjunctionOf(std::move(names));
    const auto canBe = [&](const std::string& name) {
        return (names.empty() || !m_version.refuses(names, jsonText(name))) &&
               of(propertyOf(m_version, view, name).schemas) != 0;
    };
    if (!std::all_of(required.begin(), required.end(), canBe))
        return false;
    if (least == 0)
        return true;
    if (!names.empty() && (of(names) & typebits::string) == 0)
        return false;
    const Conjunction undeclared = undeclaredOf(view);
    if (undeclared.empty() || of(undeclared) != 0)
        return true;
    for (const SchemaAtom& atom : view.of(Kind::Properties)) {
        if (!atom.check->patterns.empty())
            return true; // as many names as one likes
    }
    const std::vector<std::string> declared = declaredNames(view);
    return static_cast<std::uint64_t>(std::count_if(declared.begin(), declared.end(), canBe)) >= least;
}

} // namespace spillway
