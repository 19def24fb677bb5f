// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/documentsamples.h"

#include "model/compatibility/jsonedit.h"
#include "model/compatibility/patternsample.h"
#include "model/compatibility/schemaview.h"

#include <algorithm>
#include <array>

namespace spillway {

namespace {

using Kind = SchemaCheck::Kind;
constexpr std::size_t mostSamples = 14;
constexpr std::size_t leastContainers = 2; // objects, and lists, of a choice, where there are any
constexpr std::size_t mostChoices = 16;
constexpr std::size_t mostConstants = 40;
constexpr std::uint64_t longestText = 5'000;
constexpr std::size_t mostElements = 200;

struct FormatText
{
    const char16_t* format;
    const char* text;
};
constexpr std::array formatTexts{
    FormatText{u"date-time", "2026-01-31T12:00:00Z"},
    FormatText{u"date", "2026-01-31"},
    FormatText{u"time", "12:00:00Z"},
    FormatText{u"duration", "P1D"},
    FormatText{u"email", "a@example.com"},
    FormatText{u"idn-email", "a@example.com"},
    FormatText{u"hostname", "example.com"},
    FormatText{u"idn-hostname", "example.com"},
    FormatText{u"ipv4", "192.0.2.1"},
    FormatText{u"ipv6", "2001:db8::1"},
    FormatText{u"uuid", "123e4567-e89b-42d3-a456-426614174000"},
    FormatText{u"uri", "https://example.com/"},
    FormatText{u"uri-reference", "/a"},
    FormatText{u"iri", "https://example.com/"},
    FormatText{u"iri-reference", "/a"},
    FormatText{u"uri-template", "/a"},
    FormatText{u"json-pointer", "/a"},
    FormatText{u"relative-json-pointer", "0"},
    FormatText{u"regex", "a"},
};

void numbersAround(const QByteArray& token, std::vector<QByteArray>& out)
{
    out.push_back(token);
    bool isSmall = false;
    const qint64 whole = token.toLongLong(&isSmall);
    if (isSmall && whole < 1'000'000'000'000 && whole > -1'000'000'000'000) {
        for (const qint64 step : {1, -1, 2, -2, 3, 5, 7})
            out.push_back(QByteArray::number(whole + step));
        out.push_back(QByteArray::number(whole * 2));
        out.push_back(QByteArray::number(whole * 3));
        out.push_back(QByteArray::number(whole) + ".5");
        out.push_back(whole == 0 ? QByteArray("-0.5") : QByteArray::number(whole - (whole > 0 ? 1 : -1)) + ".5");
        return;
    }
    const double value = token.toDouble();
    for (const double other : {value + 1, value - 1, value * 2, value / 2, value + 0.001, value - 0.001})
        out.push_back(QByteArray::number(other, 'g', 12));
    out.push_back(QByteArray::number(qRound64(std::clamp(value, -1e15, 1e15))));
}

void textsOfLength(std::uint64_t length, std::vector<QByteArray>& out)
{
    if (length <= longestText)
        out.push_back(jsonText(std::string(static_cast<std::size_t>(length), 'a')));
}

void limitsOf(const CompiledVersion& version, const SchemaView& view, std::vector<QByteArray>& out)
{
    std::vector<std::uint64_t> lengths;
    for (const SchemaAtom& atom : view.of(Kind::MinLength))
        lengths.push_back(atom.check->least);
    for (const SchemaAtom& atom : view.of(Kind::MaxLength)) {
        if (atom.check->most < longestText)
            lengths.push_back(atom.check->most + 1);
    }
    for (const SchemaAtom& atom : view.atoms) {
        const SchemaCheck& check = *atom.check;
        const std::uint32_t document = version.node(atom.schema).document;
        const JsonTape& tape = version.tape(document);
        switch (check.kind) {
        case Kind::Enum:
        case Kind::Const:
            for (std::size_t i = 0; i < check.constants.size() && i < mostConstants; ++i)
                out.push_back(tape.token(check.constants[i]).toByteArray());
            break;
        case Kind::Minimum:
        case Kind::Maximum:
        case Kind::ExclusiveMinimum:
        case Kind::ExclusiveMaximum:
        case Kind::MultipleOf:
            numbersAround(tape.token(check.source).toByteArray(), out);
            break;
        case Kind::MinLength:
            textsOfLength(check.least, out);
            textsOfLength(check.least + 1, out);
            if (check.least > 0)
                textsOfLength(check.least - 1, out);
            break;
        case Kind::MaxLength:
            textsOfLength(check.most, out);
            if (check.most < longestText)
                textsOfLength(check.most + 1, out);
            if (check.most > 0)
                textsOfLength(check.most - 1, out);
            break;
        case Kind::Pattern:
            for (const QString& sample : samplesOfPattern(version.textOf({document, check.source}))) {
                out.push_back(jsonText(sample.toStdString()));
                for (const QString& longer : {sample + u'x', u'x' + sample, sample + QString(8, u'x')})
                    out.push_back(jsonText(longer.toStdString()));
                // Other keywords may ask for more: where the expression is open at an end, there is room.
                for (const std::uint64_t length : lengths) {
                    const auto missing = static_cast<qsizetype>(length) - sample.size();
                    if (missing > 0 && missing < static_cast<qsizetype>(longestText)) {
                        out.push_back(jsonText((sample + QString(missing, u'a')).toStdString()));
                        out.push_back(jsonText((QString(missing, u'a') + sample).toStdString()));
                    }
                }
            }
            break;
        default:
            break;
        }
    }
    for (const auto& [name, spot] : view.formats) {
        for (const FormatText& format : formatTexts) {
            if (name == QStringView(format.format))
                out.push_back(jsonText(format.text));
        }
    }
}

} // namespace

const std::vector<QByteArray>& DocumentSamples::of(const Conjunction& schemas)
{
    static const std::vector<QByteArray> none;
    if (const auto known = m_known.find(schemas); known != m_known.end())
        return known->second;
    if (m_open.contains(schemas) || m_open.size() > 24)
        return none;
    m_open.insert(schemas);
    std::vector<QByteArray> samples;
    for (const Conjunction& choice : choices(schemas)) {
        const SchemaView view = viewOf(m_version, choice);
        std::vector<QByteArray> candidates;
        if (const auto constants = constantsOf(m_version, view)) {
            candidates = *constants;
        } else {
            std::vector<QByteArray> containers;
            if ((view.types & typebits::object) != 0)
                containers = objects(view);
            if ((view.types & typebits::array) != 0) {
                for (QByteArray& array : arrays(view))
                    containers.push_back(std::move(array));
            }
            limitsOf(m_version, view, candidates);
            for (const char* plain : {"\"a\"", "1", "true", "\"\"", "1.5", "0", "-1", "false", "\"abc\"", "100"})
                candidates.emplace_back(plain);
            // What asks for an object is best shown by one; where anything goes, by a plain value.
            const bool isObject = view.has(Kind::Properties) || view.has(Kind::Required) || view.has(Kind::Items);
            candidates.insert(isObject ? candidates.begin() : candidates.end(), containers.begin(), containers.end());
            candidates.emplace_back("null");
        }
        std::size_t taken = 0;
        std::size_t objectsTaken = 0;
        std::size_t arraysTaken = 0;
        for (const QByteArray& candidate : candidates) {
            // Lists and objects are what differences lie in: plain values do not crowd them out.
            std::size_t* containers = isJsonObject(candidate)  ? &objectsTaken
                                      : isJsonArray(candidate) ? &arraysTaken
                                                               : nullptr;
            const bool isFull = samples.size() >= mostSamples || taken >= mostSamples / 2;
            if (isFull && (!containers || *containers >= leastContainers))
                continue;
            if (std::find(samples.begin(), samples.end(), candidate) != samples.end() ||
                !m_version.accepts(schemas, candidate))
                continue;
            samples.push_back(candidate);
            ++taken;
            if (containers)
                ++*containers;
        }
    }
    m_open.erase(schemas);
    // Made within another schema that is not finished yet, it may have come out too poor; then it is made again.
    if (samples.empty() && !m_open.empty())
        return none;
    return m_known.insert_or_assign(schemas, std::move(samples)).first->second;
}

std::vector<QByteArray> DocumentSamples::atLimits(const Conjunction& schemas) const
{
    std::vector<QByteArray> values;
    for (const Conjunction& choice : choices(schemas))
        limitsOf(m_version, viewOf(m_version, choice), values);
    std::vector<QByteArray> once;
    std::set<QByteArray> seen;
    for (QByteArray& value : values) {
        if (seen.insert(value).second)
            once.push_back(std::move(value));
    }
    return once;
}

std::vector<Conjunction> DocumentSamples::choices(const Conjunction& schemas) const
{
    std::vector<Conjunction> out;
    std::set<const void*> made;
    choose(schemas, made, out);
    return out;
}

/// The schemas with one branch taken of every choice, a few of the ways there are.
void DocumentSamples::choose(const Conjunction& schemas, std::set<const void*>& made,
                             std::vector<Conjunction>& out) const
{
    if (out.size() >= mostChoices)
        return;
    const SchemaView view = viewOf(m_version, schemas);
    for (const SchemaAtom& atom : view.atoms) {
        const bool isList = atom.check->kind == Kind::AnyOf || atom.check->kind == Kind::OneOf;
        if ((!isList && atom.check->kind != Kind::If) || made.contains(atom.check))
            continue;
        made.insert(atom.check);
        const auto with = [&](std::vector<SchemaRef> more) {
            Conjunction wider = schemas;
            for (const SchemaRef ref : more) {
                if (ref != noSchema)
                    wider.push_back(ref);
            }
            choose(conjunctionOf(std::move(wider)), made, out);
        };
        if (isList) {
            for (std::size_t i = 0; i < atom.check->schemas.size() && i < mostChoices; ++i)
                with({atom.check->schemas[i]});
        } else {
            with({atom.check->schemas[2]});
            with({atom.check->schemas[0], atom.check->schemas[1]});
        }
        made.erase(atom.check);
        return;
    }
    out.push_back(schemas);
}

std::vector<QByteArray> DocumentSamples::objects(const SchemaView& view)
{
    std::vector<std::string> required = requiredNames(view);
    for (const SchemaAtom& atom : view.of(Kind::DependentRequired)) {
        for (const NameDependency& dependency : atom.check->dependencies) {
            if (std::find(required.begin(), required.end(), dependency.name) != required.end())
                required.insert(required.end(), dependency.needs.begin(), dependency.needs.end());
        }
    }
    const auto sampleOf = [&](const std::string& name, std::size_t which) -> std::optional<QByteArray> {
        const auto& samples = of(propertyOf(m_version, view, name).schemas);
        return samples.empty() ? std::nullopt : std::optional(samples[which % samples.size()]);
    };
    std::vector<QByteArray> objects;
    for (const std::size_t variant : {0U, 1U, 2U}) {
        QByteArray least = "{}";
        bool isWhole = true;
        for (const std::string& name : required) {
            const auto sample = sampleOf(name, variant);
            isWhole = isWhole && sample;
            if (sample)
                least = withMember(least, name, *sample);
        }
        if (!isWhole)
            return objects;
        objects.push_back(least);
        QByteArray most = least;
        std::uint64_t wanted = 0;
        for (const SchemaAtom& atom : view.of(Kind::MinProperties))
            wanted = std::max(wanted, atom.check->least);
        QByteArray enough = least;
        for (const std::string& name : declaredNames(view)) {
            const auto sample = sampleOf(name, variant);
            if (!sample)
                continue;
            most = withMember(most, name, *sample);
            if (memberNames(enough).size() < wanted)
                enough = withMember(enough, name, *sample);
        }
        const Conjunction undeclared = undeclaredOf(view);
        const auto& others = of(undeclared);
        const auto filled = [&](QByteArray object) {
            for (std::size_t i = 1; !others.empty() && memberNames(object).size() < wanted && i < mostElements; ++i)
                object = withMember(object, "extra" + std::to_string(i), others[variant % others.size()]);
            return object;
        };
        objects.push_back(most);
        objects.push_back(filled(enough));
        objects.push_back(filled(least));
        for (const SchemaAtom& atom : view.of(Kind::Properties)) {
            for (const PatternSchema& pattern : atom.check->patterns) {
                const SchemaNode& schema = m_version.node(pattern.schema);
                const auto names = samplesOfPattern(m_version.textOf({schema.document, schema.source - 1}));
                const auto& values = of({pattern.schema});
                if (!names.isEmpty() && !values.empty())
                    objects.push_back(withMember(least, names.front().toStdString(), values[variant % values.size()]));
            }
        }
    }
    return objects;
}

QByteArray DocumentSamples::completed(const Conjunction& schemas, const QByteArray& object, std::string_view without)
{
    if (!isJsonObject(object))
        return object;
    const SchemaView view = viewOf(m_version, schemas);
    const std::vector<std::string> first = memberNames(object);
    std::set<std::string> names(first.begin(), first.end());
    QByteArray whole = object;
    const auto take = [&](const std::string& name) {
        if (name == without || names.contains(name))
            return false;
        const auto& samples = of(propertyOf(m_version, view, name).schemas);
        if (samples.empty())
            return false;
        whole = withMember(whole, name, samples.front());
        names.insert(name);
        return true;
    };
    for (const std::string& name : requiredNames(view))
        (void)take(name);
    for (bool isMore = true; isMore;) {
        isMore = false;
        for (const SchemaAtom& atom : view.of(Kind::DependentRequired)) {
            for (const NameDependency& dependency : atom.check->dependencies) {
                if (!names.contains(dependency.name))
                    continue;
                for (const std::string& need : dependency.needs)
                    isMore = take(need) || isMore;
            }
        }
    }
    std::uint64_t wanted = 0;
    for (const SchemaAtom& atom : view.of(Kind::MinProperties))
        wanted = std::max(wanted, atom.check->least);
    for (const std::string& name : declaredNames(view)) {
        if (names.size() < wanted)
            (void)take(name);
    }
    for (std::size_t i = 1; names.size() < wanted && i < mostElements; ++i) {
        if (!take("extra" + std::to_string(i)))
            break;
    }
    return whole;
}

std::vector<QByteArray> DocumentSamples::arrays(const SchemaView& view)
{
    std::uint64_t wanted = 0;
    for (const SchemaAtom& atom : view.of(Kind::MinItems))
        wanted = std::max(wanted, atom.check->least);
    std::vector<QByteArray> contained;
    for (const SchemaAtom& atom : view.of(Kind::Contains)) {
        const auto& samples = of({atom.check->schema});
        for (std::size_t i = 0; i < atom.check->least && i < mostElements && !samples.empty(); ++i)
            contained.push_back(samples[i % samples.size()]);
    }
    std::vector<QByteArray> arrays;
    for (const SchemaAtom& atom : view.of(Kind::Contains)) {
        for (const QByteArray& sample : of({atom.check->schema})) {
            const std::size_t least = std::clamp<std::size_t>(atom.check->least, 1, mostElements);
            arrays.push_back(arrayOf(std::vector<QByteArray>(std::max<std::size_t>(least, wanted), sample)));
        }
    }
    for (const std::uint64_t more : {0U, 1U, 2U, 3U}) {
        std::vector<QByteArray> elements = contained;
        while (elements.size() < wanted + more && elements.size() < mostElements) {
            const auto& samples = of(itemOf(view, elements.size()));
            if (samples.empty())
                break;
            elements.push_back(samples[elements.size() % samples.size()]);
        }
        // Where elements must differ and samples are few, whole numbers are never short.
        std::vector<QByteArray> different = contained;
        for (int i = 1; different.size() < wanted + more && different.size() < mostElements; ++i)
            different.push_back(QByteArray::number(i));
        arrays.push_back(arrayOf(elements));
        arrays.push_back(arrayOf(different));
    }
    return arrays;
}

} // namespace spillway
