// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/counterexamples.h"

#include "model/compatibility/jsonedit.h"
#include "model/compatibility/schemaview.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace spillway {

namespace {

using Kind = SchemaCheck::Kind;
constexpr std::int64_t mostTried = 60'000; // documents of one direction
constexpr std::size_t mostOfPair = 700;
constexpr std::size_t mostKept = 24;
constexpr std::size_t mostBases = 6;
constexpr std::size_t deepestSearch = 7;
constexpr std::size_t mostSearched = 150;
constexpr std::array plainValues{"\"a\"", "1",     "true",    "1.5",  "null", "{}",      "[]",     "\"\"",      "0",
                                 "-1",    "false", "\"x y\"", "[[]]", "[1]",  "[\"a\"]", "[null]", "{\"x\":1}", "[{}]"};

QByteArray merged(QByteArray object, const QByteArray& other)
{
    for (const auto& [name, value] : membersOfObject(other))
        object = withMember(object, name, value);
    return object;
}

} // namespace

Counterexamples::Counterexamples(const CompiledVersion& older, const CompiledVersion& newer, Direction direction,
                                 DocumentHabits habits)
    : m_writer(direction == Direction::Backward ? older : newer)
    , m_reader(direction == Direction::Backward ? newer : older)
    , m_direction(direction)
    , m_habits(habits)
    , m_samples(m_writer)
    , m_readerSamples(m_reader)
    , m_root{{older.program().root}, {newer.program().root}}
    , m_work(mostTried)
{
}

const Conjunction& Counterexamples::written(const SchemaPair& pair) const
{
    return m_direction == Direction::Backward ? pair.older : pair.newer;
}

const Conjunction& Counterexamples::read(const SchemaPair& pair) const
{
    return m_direction == Direction::Backward ? pair.newer : pair.older;
}

std::optional<QByteArray> Counterexamples::of(const SchemaFinding& finding)
{
    for (std::size_t depth = finding.steps.size() + 1; depth-- > 0;) {
        const SchemaPair& pair = depth == finding.steps.size() ? finding.pair : finding.steps[depth].outer;
        std::vector<QByteArray> values = at(pair);
        if (finding.kind == u"enumValueRemoved" || finding.kind == u"enumValueAdded") {
            // The very value, before others that are not allowed either.
            std::stable_sort(values.begin(), values.end(), [&](const QByteArray& a, const QByteArray& b) {
                const QByteArray value = finding.otherName.toUtf8();
                return (a == value) > (b == value);
            });
        }
        if (auto document = lifted(values, finding.steps, depth))
            return document;
    }
    return std::nullopt;
}

std::optional<QByteArray> Counterexamples::any()
{
    std::vector<DocumentStep> steps;
    return search(m_root, steps);
}

std::optional<QByteArray> Counterexamples::search(const SchemaPair& pair, std::vector<DocumentStep>& steps)
{
    if (steps.size() > deepestSearch || m_searched.size() > mostSearched || !m_searched.insert(pair).second)
        return std::nullopt;
    if (auto document = lifted(at(pair), steps, steps.size()))
        return document;
    const SchemaView mine = viewOf(m_writer, written(pair));
    const SchemaView theirs = viewOf(m_reader, read(pair));
    const auto into = [&](DocumentStep step, Conjunction schemas, Conjunction others) -> std::optional<QByteArray> {
        step.outer = pair;
        SchemaPair inner{std::move(schemas), std::move(others)};
        if (m_direction == Direction::Forward)
            std::swap(inner.older, inner.newer);
        steps.push_back(std::move(step));
        auto document = search(inner, steps);
        steps.pop_back();
        return document;
    };
    std::vector<std::string> names = declaredNames(mine);
    for (const std::string& name : declaredNames(theirs)) {
        if (m_habits.undeclaredAreSent && std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    }
    for (const std::string& name : names) {
        if (auto document = into({.kind = DocumentStep::Kind::Member, .name = name},
                                 propertyOf(m_writer, mine, name).schemas, propertyOf(m_reader, theirs, name).schemas))
            return document;
    }
    if (mine.has(Kind::Items) || theirs.has(Kind::Items)) {
        for (std::size_t place = 0; place <= std::max(listedItems(mine), listedItems(theirs)); ++place) {
            if (auto document = into({.kind = DocumentStep::Kind::Item, .place = place}, itemOf(mine, place),
                                     itemOf(theirs, place)))
                return document;
        }
    }
    for (const SchemaAtom& atom : mine.atoms) {
        if (atom.check->kind != Kind::AnyOf && atom.check->kind != Kind::OneOf)
            continue;
        for (const SchemaRef branch : atom.check->schemas) {
            if (auto document = into({}, {branch}, read(pair)))
                return document;
        }
    }
    return std::nullopt;
}

/// Puts values into documents, from the inside out, and asks both versions about the whole.
std::optional<QByteArray> Counterexamples::lifted(const std::vector<QByteArray>& values,
                                                  const std::vector<DocumentStep>& steps, std::size_t depth)
{
    std::vector<QByteArray> documents = values;
    for (std::size_t level = depth; level-- > 0 && !documents.empty();) {
        const DocumentStep& step = steps[level];
        const Conjunction& outer = written(step.outer);
        const SchemaView outerView = viewOf(m_writer, outer);
        std::vector<QByteArray> bases{"{}"};
        if (step.kind == DocumentStep::Kind::Item)
            bases = {"[]"};
        for (const QByteArray& sample : m_samples.of(outer)) {
            const bool fits = step.kind == DocumentStep::Kind::Item ? isJsonArray(sample) : isJsonObject(sample);
            if (fits && bases.size() < mostBases)
                bases.push_back(sample);
        }
        std::vector<QByteArray> wider;
        const auto take = [&](QByteArray document) {
            if (wider.size() < mostKept && --m_work > 0 && m_writer.accepts(outer, document))
                wider.push_back(std::move(document));
        };
        for (const QByteArray& value : documents) {
            if (step.kind == DocumentStep::Kind::Within) {
                take(value);
                continue;
            }
            for (const QByteArray& base : bases) {
                if (step.kind == DocumentStep::Kind::Member) {
                    const QByteArray document = withMember(base, step.name, value);
                    take(document);
                    if (QByteArray whole = m_samples.completed(outer, document); whole != document)
                        take(std::move(whole));
                    continue;
                }
                if (step.kind == DocumentStep::Kind::Name) {
                    const auto name = textOfJson(value);
                    const auto& members = name ? m_samples.of(propertyOf(m_writer, outerView, *name).schemas)
                                               : m_samples.of(Conjunction());
                    if (name && !members.empty())
                        take(m_samples.completed(outer, withMember(base, *name, members.front())));
                    continue;
                }
                std::vector<QByteArray> elements = elementsOf(base);
                while (elements.size() <= step.place) {
                    const auto& fillers = m_samples.of(itemOf(outerView, elements.size()));
                    if (fillers.empty())
                        break;
                    elements.push_back(fillers[elements.size() % fillers.size()]);
                }
                if (elements.size() <= step.place)
                    continue;
                elements[step.place] = value;
                take(arrayOf(elements));
                auto others = elementsOf(base);
                others.push_back(value); // beside what the list must contain
                if (step.place + 1 < others.size())
                    take(arrayOf(others));
            }
        }
        documents = std::move(wider);
    }
    for (const QByteArray& document : documents) {
        if (--m_work > 0 && m_writer.accepts(written(m_root), document) && m_reader.refuses(read(m_root), document))
            return document;
    }
    return std::nullopt;
}

const std::vector<QByteArray>& Counterexamples::at(const SchemaPair& pair)
{
    if (const auto known = m_known.find(pair); known != m_known.end())
        return known->second;
    std::vector<QByteArray> refused;
    std::set<QByteArray> seen;
    for (const QByteArray& candidate : candidates(pair)) {
        if (seen.size() >= mostOfPair || m_work <= 0)
            break;
        if (!seen.insert(candidate).second)
            continue;
        --m_work;
        if (m_reader.refuses(read(pair), candidate) && m_writer.accepts(written(pair), candidate))
            refused.push_back(candidate);
    }
    // `null` says little, and in a report it would read as "none"; of empty lists validators think differently (ajv
    // lets them through where `contains` stands beside a list of places).
    const auto rank = [](const QByteArray& value) {
        return std::tuple(value == "null", value.contains("[]"), value == "\"\"", value.size());
    };
    std::stable_sort(refused.begin(), refused.end(),
                     [&](const QByteArray& a, const QByteArray& b) { return rank(a) < rank(b); });
    if (refused.size() > mostKept)
        refused.resize(mostKept);
    return m_known.insert_or_assign(pair, std::move(refused)).first->second;
}

std::vector<QByteArray> Counterexamples::candidates(const SchemaPair& pair)
{
    const std::vector<QByteArray> samples = m_samples.of(written(pair));
    std::vector<QByteArray> out = samples;
    const auto append = [&out](const std::vector<QByteArray>& more) {
        out.insert(out.end(), more.begin(), more.end());
    };
    // An object with an undeclared field is no plain value where nobody sends such.
    std::vector<QByteArray> plain(plainValues.begin(), plainValues.end());
    if (!m_habits.undeclaredAreSent)
        std::erase_if(plain, [](const QByteArray& value) { return value.startsWith("{\""); });
    append(m_samples.atLimits(written(pair)));
    append(m_readerSamples.atLimits(read(pair)));
    append(m_readerSamples.of(read(pair)));
    append(plain);

    const SchemaView mine = viewOf(m_writer, written(pair));
    const SchemaView theirs = viewOf(m_reader, read(pair));
    // Of branches too: what one of them names is a name.
    std::set<std::string> names;
    for (const QByteArray& sample : samples) {
        for (std::string& name : memberNames(sample))
            names.insert(std::move(name));
    }
    for (const QByteArray& sample : m_readerSamples.of(read(pair))) {
        for (std::string& name : memberNames(sample))
            names.insert(std::move(name));
    }
    for (const auto* view : {&mine, &theirs}) {
        for (std::string& name : declaredNames(*view))
            names.insert(std::move(name));
        for (std::string& name : requiredNames(*view))
            names.insert(std::move(name));
        for (const SchemaAtom& atom : view->of(Kind::DependentRequired)) {
            for (const NameDependency& dependency : atom.check->dependencies)
                names.insert(dependency.name);
        }
    }
    if (m_habits.undeclaredAreSent)
        names.insert("undeclared");
    // What the other side asks only of some: documents that are among these.
    std::vector<QByteArray> conditions;
    for (const SchemaAtom& atom : theirs.atoms) {
        const SchemaRef ref = atom.check->kind == Kind::Not  ? atom.check->schema
                              : atom.check->kind == Kind::If ? atom.check->schemas.front()
                                                             : noSchema;
        if (ref == noSchema)
            continue;
        const auto& some = m_readerSamples.of({ref});
        conditions.insert(conditions.end(), some.begin(), some.end());
    }
    append(conditions);
    std::size_t bases = 0;
    for (const QByteArray& base : samples) {
        if (!isJsonObject(base) && !isJsonArray(base))
            continue;
        if (++bases > mostBases)
            break;
        if (isJsonObject(base)) {
            for (const QByteArray& condition : conditions) {
                if (isJsonObject(condition))
                    out.push_back(merged(base, condition));
            }
            for (const std::string& name : names) {
                out.push_back(withoutMember(base, name));
                out.push_back(m_samples.completed(written(pair), out.back(), name));
            }
            for (const std::string& name : names) {
                const PropertyView own = propertyOf(m_writer, mine, name);
                if (!m_habits.undeclaredAreSent && !own.isCovered)
                    continue;
                const Conjunction other = propertyOf(m_reader, theirs, name).schemas;
                for (const QByteArray& value : m_samples.of(own.schemas)) {
                    out.push_back(withMember(base, name, value));
                    out.push_back(m_samples.completed(written(pair), out.back()));
                }
                for (const QByteArray& value : m_readerSamples.atLimits(other))
                    out.push_back(withMember(base, name, value));
                if (bases == 1) {
                    for (const QByteArray& value : plain)
                        out.push_back(withMember(base, name, value));
                }
            }
            QByteArray wide = base;
            for (int i = 1; i <= 12 && m_habits.undeclaredAreSent; ++i) {
                wide = withMember(wide, "extra" + std::to_string(i), "1");
                out.push_back(wide);
            }
            continue;
        }
        std::vector<QByteArray> elements = elementsOf(base);
        for (std::size_t i = 0; i < elements.size() && i < mostBases; ++i) {
            auto fewer = elements;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
            out.push_back(arrayOf(fewer));
        }
        if (!elements.empty()) {
            auto doubled = elements;
            doubled.push_back(elements.front());
            out.push_back(arrayOf(doubled));
            doubled = elements;
            doubled.back() = elements.front();
            out.push_back(arrayOf(doubled));
        }
        const auto& firsts = m_samples.of(itemOf(mine, 0));
        for (const QByteArray& value : firsts) {
            out.push_back(arrayOf({value}));
            out.push_back(arrayOf({value, value}));
        }
        auto longer = elements;
        for (int i = 0; i < 12; ++i) {
            const auto& more = m_samples.of(itemOf(mine, longer.size()));
            longer.push_back(more.empty() ? QByteArray::number(i) : more[longer.size() % more.size()]);
            out.push_back(arrayOf(longer));
        }
        for (const QByteArray& value : plain) {
            auto other = elements;
            other.push_back(value);
            out.push_back(arrayOf(other));
        }
    }
    return out;
}

} // namespace spillway
