// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/schemavalidator.h"

#include "model/base/text.h"
#include "model/schema/jsonequal.h"

#include <QUrl>

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = SchemaCheck::Kind;

constexpr std::int64_t workForValue = 20;
constexpr std::size_t mostRemembered = 200'000; // about 10 MiB

/// Which children of one value some keyword has looked at: by their place among the children, counted from 0.
/// Only filled in where an unevaluated… keyword asks.
using Marks = std::vector<Tri>;

QString shown(std::string_view text)
{
    return visibleBytes(QByteArrayView(text.data(), static_cast<qsizetype>(text.size()))).left(120);
}

std::uint64_t codePoints(std::string_view utf8)
{
    return static_cast<std::uint64_t>(
        std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<std::uint8_t>(c) & 0xC0) != 0x80; }));
}

QString typeName(JsonKind kind)
{
    switch (kind) {
    case JsonKind::Null:
        return u"null"_s;
    case JsonKind::False:
    case JsonKind::True:
        return u"boolean"_s;
    case JsonKind::Number:
        return u"number"_s;
    case JsonKind::String:
        return u"string"_s;
    case JsonKind::Array:
        return u"array"_s;
    case JsonKind::Object:
        return u"object"_s;
    }
    return {};
}

QString typeNames(std::uint8_t types)
{
    QStringList names;
    for (const JsonKind kind :
         {JsonKind::Null, JsonKind::True, JsonKind::Number, JsonKind::String, JsonKind::Array, JsonKind::Object}) {
        if ((types & (1U << static_cast<unsigned>(kind))) != 0)
            names.append(typeName(kind));
    }
    if ((types & 0x80U) != 0)
        names.append(u"integer"_s);
    return names.join(u" or "_s);
}

QString plural(std::uint64_t count, const QString& one)
{
    return u"%1 %2%3"_s.arg(count).arg(one, count == 1 ? QString() : u"s"_s);
}

Tri fromBool(bool yes)
{
    return yes ? Tri::Yes : Tri::No;
}

class Evaluation
{
public:
    Evaluation(const SchemaProgram& program, const JsonTape& instance, const ValidationLimits& limits)
        : m_program(program)
        , m_json(instance)
        , m_limits(limits)
        , m_work(limits.work)
    {
    }

    Tri run(SchemaJudgement* told)
    {
        m_told = told;
        m_reasons = told;
        m_scope.clear();
        m_work = m_limits.work + workForValue * static_cast<std::int64_t>(m_json.size());
        m_remembersBelow = m_work - m_limits.remembersAfter;
        return evaluate(m_limits.from == noSchema ? m_program.root : m_limits.from, 0, nullptr);
    }

private:
    const JsonNode& at(std::uint32_t node) const { return m_json[node]; }

    Tri evaluate(SchemaRef ref, std::uint32_t node, Marks* marks)
    {
        const SchemaNode& schema = m_program.nodes[ref];
        if (schema.kind == SchemaNode::Kind::Pass)
            return Tri::Yes;
        if (--m_work < 0) {
            mayHaveLooked(marks);
            return unknown(u"judging it takes more work than is done for one payload"_s);
        }
        if (schema.kind == SchemaNode::Kind::Refuse) {
            error(schema, schema.source, node, u"false"_s, u"the schema allows no value here"_s);
            return Tri::No;
        }
        if (m_depth >= m_limits.depth) {
            mayHaveLooked(marks);
            return unknown(u"it or its schema is nested deeper than is gone into"_s);
        }
        Memory* const memory = marks || m_work >= m_remembersBelow ? nullptr : memoryOf(ref, node);
        if (!memory)
            return enter(schema, node, marks);
        if (memory->isUnderWay)
            return unknown(u"its schema leads back to itself without going on in the payload"_s);
        const bool isTold = m_told && !m_isWithinNearest;
        if (memory->result && (*memory->result != Tri::No || !m_told || (isTold && memory->isTold)))
            return *memory->result;
        memory->isUnderWay = true;
        const Tri all = enter(schema, node, nullptr);
        *memory = {.result = all, .isTold = memory->isTold || isTold, .isUnderWay = false};
        return all;
    }

    Tri enter(const SchemaNode& schema, std::uint32_t node, Marks* marks)
    {
        ++m_depth;
        const bool isOuter = m_scope.empty() || m_scope.back() != schema.resource;
        const std::uint32_t before = m_view;
        if (isOuter) {
            m_scope.push_back(schema.resource);
            m_view = viewFrom(before, schema.resource);
        }
        const Tri all = checks(schema, node, marks);
        if (isOuter) {
            m_scope.pop_back();
            m_view = before;
        }
        --m_depth;
        return all;
    }

    /// What a part of the schema said of a value, where nobody asks which children it looked at.
    struct Memory
    {
        std::optional<Tri> result;
        bool isTold = false; // its errors were
        bool isUnderWay = false;
    };
    /// Null: it is not to be kept.
    Memory* memoryOf(SchemaRef ref, std::uint32_t node)
    {
        auto& memory = m_memory[m_view];
        const std::uint64_t key = (static_cast<std::uint64_t>(ref) << 32U) | node;
        if (const auto known = memory.find(key); known != memory.end())
            return &known->second;
        if (m_remembered >= mostRemembered)
            return nullptr;
        ++m_remembered;
        return &memory[key]; // their places stay, however many come
    }

    /// All that dynamic references depend on is which resources with dynamic anchors we came through, each where it
    /// came first. What a part says of a value is remembered for each such view of the schema; one without them has
    /// one.
    std::uint32_t viewFrom(std::uint32_t view, std::uint32_t resource)
    {
        const auto anchor = m_program.dynamicAnchors.lower_bound({resource, std::numeric_limits<int>::min()});
        if (anchor == m_program.dynamicAnchors.end() || anchor->first.first != resource ||
            std::find(m_views[view].begin(), m_views[view].end(), resource) != m_views[view].end())
            return view;
        std::vector<std::uint32_t> through = m_views[view];
        through.push_back(resource);
        const auto [known, isNew] = m_viewNumbers.emplace(through, static_cast<std::uint32_t>(m_views.size()));
        if (isNew)
            m_views.push_back(std::move(through));
        return known->second;
    }

    Tri checks(const SchemaNode& schema, std::uint32_t node, Marks* outer)
    {
        Marks own;
        Marks* marks = outer;
        const bool isContainer = at(node).kind == JsonKind::Array || at(node).kind == JsonKind::Object;
        if (!isContainer) {
            marks = nullptr;
        } else if (schema.tracks) {
            own.assign(childrenOf(node), Tri::No);
            marks = &own;
        }
        Tri all = Tri::Yes;
        for (const SchemaCheck& check : schema.checks) {
            all = std::min(all, run(schema, check, node, marks));
            if (all == Tri::No && !m_told)
                return Tri::No;
        }
        if (marks == &own && outer)
            merge(*outer, own, Tri::Yes);
        return all;
    }

    /// Children by place: elements, or members with those of a duplicate name.
    std::size_t childrenOf(std::uint32_t node) const
    {
        if (at(node).kind == JsonKind::Array)
            return at(node).count;
        std::size_t members = 0;
        for (std::uint32_t i = node + 1; i < at(node).end; i = at(i + 1).end)
            ++members;
        return members;
    }

    static void merge(Marks& into, const Marks& from, Tri sureness)
    {
        for (std::size_t i = 0; i < into.size() && i < from.size(); ++i)
            into[i] = std::max(into[i], std::min(from[i], sureness));
    }

    /// What we do not understand may know every child.
    static void mayHaveLooked(Marks* marks)
    {
        if (!marks)
            return;
        for (Tri& mark : *marks)
            mark = std::max(mark, Tri::Unknown);
    }

    Tri unknown(const QString& reason)
    {
        if (m_reasons && m_reasons->reasons.size() < 8 && !m_reasons->reasons.contains(reason))
            m_reasons->reasons.append(reason);
        return Tri::Unknown;
    }

    void error(const SchemaNode& schema, std::uint32_t source, std::uint32_t node, const QString& keyword,
               const QString& message)
    {
        if (!m_told || m_told->errors.size() >= m_limits.errors)
            return;
        const SchemaDocument& document = *m_program.documents[schema.document];
        QString file;
        if (schema.document != 0)
            file = QUrl(document.uri).fileName();
        m_told->errors.push_back({.path = m_json.pointerOf(node),
                                  .schemaPath = file + u'#' + document.tape.pointerOf(source),
                                  .keyword = keyword,
                                  .message = message,
                                  .first = at(node).first,
                                  .last = at(node).last});
    }
    Tri refuse(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node, const QString& keyword,
               const QString& message)
    {
        error(schema, check.source, node, keyword, message);
        return Tri::No;
    }

    /// A schema tried out: what it gets wrong is nobody's error.
    Tri tryOut(SchemaRef ref, std::uint32_t node, Marks* marks)
    {
        SchemaJudgement* const told = std::exchange(m_told, nullptr);
        Tri result = Tri::Yes;
        if (marks) {
            Marks fresh(marks->size(), Tri::No);
            result = evaluate(ref, node, &fresh);
            if (result != Tri::No)
                merge(*marks, fresh, result);
        } else {
            result = evaluate(ref, node, nullptr);
        }
        m_told = told;
        return result;
    }

    Tri run(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node, Marks* marks)
    {
        const JsonNode& value = at(node);
        switch (check.kind) {
        case Kind::Unknowable:
            mayHaveLooked(marks);
            return unknown(check.note);
        case Kind::Type:
            return type(schema, check, node);
        case Kind::Enum:
        case Kind::Const:
            return constant(schema, check, node);
        case Kind::AllOf: {
            Tri all = Tri::Yes;
            for (const SchemaRef ref : check.schemas) {
                all = std::min(all, evaluate(ref, node, marks));
                if (all == Tri::No && !m_told)
                    break;
            }
            return all;
        }
        case Kind::AnyOf:
            return anyOf(schema, check, node, marks);
        case Kind::OneOf:
            return oneOf(schema, check, node, marks);
        case Kind::Not:
            switch (tryOut(check.schema, node, nullptr)) {
            case Tri::No:
                return Tri::Yes;
            case Tri::Unknown:
                return Tri::Unknown;
            case Tri::Yes:
                return refuse(schema, check, node, u"not"_s, u"the value fits the schema that it must not fit"_s);
            }
            return Tri::Unknown;
        case Kind::If:
            return conditional(check, node, marks);
        case Kind::Ref:
            return evaluate(check.schema, node, marks);
        case Kind::DynamicRef:
            return evaluate(dynamicTarget(check), node, marks);
        case Kind::Format:
            return value.kind == JsonKind::String ? format(schema, check, node) : Tri::Yes;
        case Kind::MinLength:
        case Kind::MaxLength:
        case Kind::Pattern:
            return value.kind == JsonKind::String ? text(schema, check, node) : Tri::Yes;
        case Kind::Minimum:
        case Kind::Maximum:
        case Kind::ExclusiveMinimum:
        case Kind::ExclusiveMaximum:
        case Kind::MultipleOf:
            return value.kind == JsonKind::Number ? number(schema, check, node) : Tri::Yes;
        case Kind::Required:
        case Kind::Properties:
        case Kind::PropertyNames:
        case Kind::MinProperties:
        case Kind::MaxProperties:
        case Kind::DependentRequired:
        case Kind::DependentSchemas:
        case Kind::UnevaluatedProperties:
            return value.kind == JsonKind::Object ? object(schema, check, node, marks) : Tri::Yes;
        case Kind::Items:
        case Kind::Contains:
        case Kind::MinItems:
        case Kind::MaxItems:
        case Kind::UniqueItems:
        case Kind::UnevaluatedItems:
            return value.kind == JsonKind::Array ? array(schema, check, node, marks) : Tri::Yes;
        }
        return Tri::Unknown;
    }

    Tri type(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node)
    {
        const JsonKind kind = at(node).kind;
        if ((check.types & (1U << static_cast<unsigned>(kind))) != 0)
            return Tri::Yes;
        QString found = typeName(kind);
        if (kind == JsonKind::Number && (check.types & 0x80U) != 0) {
            if (plainInteger(m_json.token(node)))
                return Tri::Yes;
            const auto exact = Decimal::parse(m_json.token(node));
            if (!exact)
                return unknown(u"a number has more digits than are looked at"_s);
            if (exact->isWhole()) {
                const QByteArrayView token = m_json.token(node);
                const bool isFloat =
                    std::any_of(token.begin(), token.end(), [](char c) { return c == '.' || c == 'e' || c == 'E'; });
                return schema.integerIsStrict && isFloat
                           ? unknown(u"draft-04 leaves open whether a number like 1.0 is an integer"_s)
                           : Tri::Yes;
            }
            found = u"number with a fraction"_s;
        }
        return refuse(schema, check, node, u"type"_s,
                      u"the value should be %1 and is %2"_s.arg(typeNames(check.types), found));
    }

    Tri constant(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node)
    {
        const JsonTape& constants = m_program.documents[schema.document]->tape;
        Tri any = Tri::No;
        for (const std::uint32_t candidate : check.constants) {
            any = std::max(any, jsonEqual(constants, candidate, m_json, node, m_work));
            if (any == Tri::Yes)
                return Tri::Yes;
        }
        if (any == Tri::Unknown)
            return unknown(u"comparing it with the schema's constants takes too much work"_s);
        return check.kind == Kind::Const
                   ? refuse(schema, check, node, u"const"_s, u"the value is not the one that the schema prescribes"_s)
                   : refuse(schema, check, node, u"enum"_s,
                            u"the value is none of the %1 that the schema allows"_s.arg(check.constants.size()));
    }

    Tri anyOf(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node, Marks* marks)
    {
        Tri any = Tri::No;
        for (const SchemaRef ref : check.schemas) {
            any = std::max(any, tryOut(ref, node, marks));
            if (any == Tri::Yes && !marks)
                break;
        }
        if (any != Tri::No)
            return any;
        return refuse(schema, check, node, u"anyOf"_s,
                      u"the value fits none of the %1%2"_s.arg(plural(check.schemas.size(), u"alternative"_s),
                                                               nearest(check.schemas, node)));
    }

    Tri oneOf(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node, Marks* marks)
    {
        std::size_t sure = 0;
        std::size_t perhaps = 0;
        for (const SchemaRef ref : check.schemas) {
            switch (tryOut(ref, node, marks)) {
            case Tri::Yes:
                ++sure;
                break;
            case Tri::Unknown:
                ++perhaps;
                break;
            case Tri::No:
                break;
            }
            if (sure > 1 && !m_told)
                return Tri::No;
        }
        if (sure > 1)
            return refuse(schema, check, node, u"oneOf"_s,
                          u"the value fits %1 of the alternatives and should fit one"_s.arg(sure));
        if (sure == 0 && perhaps == 0)
            return refuse(schema, check, node, u"oneOf"_s,
                          u"the value fits none of the %1%2"_s.arg(plural(check.schemas.size(), u"alternative"_s),
                                                                   nearest(check.schemas, node)));
        return perhaps == 0 ? Tri::Yes : Tri::Unknown;
    }

    /// `; nearest is alternative 2: …`, the one with the fewest errors, when errors are told.
    QString nearest(const std::vector<SchemaRef>& schemas, std::uint32_t node)
    {
        if (!m_told || m_told->errors.size() >= m_limits.errors || m_isWithinNearest)
            return {};
        m_isWithinNearest = true; // once: alternatives of alternatives would be tried again and again
        SchemaJudgement* const told = m_told;
        SchemaJudgement* const reasons = m_reasons;
        std::size_t best = 0;
        SchemaJudgement fewest;
        for (std::size_t i = 0; i < schemas.size() && i < 20; ++i) {
            SchemaJudgement trial;
            m_told = &trial;
            m_reasons = nullptr;
            (void)evaluate(schemas[i], node, nullptr);
            if (!trial.errors.empty() && (fewest.errors.empty() || trial.errors.size() < fewest.errors.size())) {
                best = i + 1;
                fewest = std::move(trial);
            }
        }
        m_told = told;
        m_reasons = reasons;
        m_isWithinNearest = false;
        if (best == 0)
            return {};
        const SchemaError& first = fewest.errors.front();
        const QString where =
            first.path == m_json.pointerOf(node) ? QString() : u" at "_s + visibleText(first.path).left(120);
        return u"; nearest is alternative %1, where%2 %3"_s.arg(best).arg(where, first.message);
    }

    Tri conditional(const SchemaCheck& check, std::uint32_t node, Marks* marks)
    {
        const auto branch = [&](std::size_t i, bool isSure) {
            if (check.schemas[i] == noSchema)
                return Tri::Yes;
            return isSure ? evaluate(check.schemas[i], node, marks) : tryOut(check.schemas[i], node, marks);
        };
        switch (tryOut(check.schemas[0], node, marks)) {
        case Tri::Yes:
            return branch(1, true);
        case Tri::No:
            return branch(2, true);
        case Tri::Unknown:
            break;
        }
        const Tri yes = branch(1, false);
        const Tri no = branch(2, false);
        if (yes == Tri::No && no == Tri::No && m_told)
            (void)evaluate(check.schemas[1], node, nullptr); // for its words: wrong it is either way
        return yes == no ? yes : Tri::Unknown;
    }

    /// The outermost schema in whose scope we are that has this anchor.
    SchemaRef dynamicTarget(const SchemaCheck& check) const
    {
        for (const std::uint32_t resource : m_scope) {
            const auto found = m_program.dynamicAnchors.find({resource, check.anchor});
            if (found != m_program.dynamicAnchors.end())
                return found->second;
        }
        return check.schema;
    }

    Tri format(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node)
    {
        if (!check.format)
            return unknown(u"the format \"%1\" is not checked here"_s.arg(check.note));
        const auto fits = hasJsonFormat(m_json.text(node), *check.format);
        if (!fits)
            return unknown(u"a value of the format \"%1\" cannot be judged for sure"_s.arg(check.note));
        if (*fits)
            return Tri::Yes;
        if (!check.formatIsCertain)
            return unknown(
                u"the value at %1 is no \"%2\", and validators of this draft differ over whether that counts"_s.arg(
                    visibleText(m_json.pointerOf(node)).left(120), check.note));
        return refuse(schema, check, node, u"format"_s, u"the value is no \"%1\""_s.arg(check.note));
    }

    Tri text(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node)
    {
        if (check.kind == Kind::Pattern) {
            m_work -= static_cast<std::int64_t>(at(node).textSize / 16);
            const auto matches = check.patterns.front().pattern.matches(m_json.text(node));
            if (!matches)
                return unknown(u"a regular expression of the schema gave up on a value"_s);
            return *matches ? Tri::Yes
                            : refuse(schema, check, node, u"pattern"_s,
                                     u"the text does not match the schema's regular expression"_s);
        }
        const std::uint64_t length = codePoints(m_json.text(node));
        if (check.kind == Kind::MinLength && length < check.least)
            return refuse(
                schema, check, node, u"minLength"_s,
                u"the text has %1 and needs at least %2"_s.arg(plural(length, u"character"_s)).arg(check.least));
        if (check.kind == Kind::MaxLength && length > check.most)
            return refuse(
                schema, check, node, u"maxLength"_s,
                u"the text has %1 and may have at most %2"_s.arg(plural(length, u"character"_s)).arg(check.most));
        return Tri::Yes;
    }

    Tri number(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node)
    {
        const SchemaNumber& limit = *check.number;
        const auto small = plainInteger(m_json.token(node));
        std::strong_ordering order = std::strong_ordering::equal;
        std::optional<Decimal> exact;
        if (!(small && limit.small)) {
            exact = Decimal::parse(m_json.token(node));
            if (!exact)
                return unknown(u"a number has more digits than are looked at"_s);
        }
        if (check.kind == Kind::MultipleOf) {
            if (small && limit.small)
                return *small % *limit.small == 0 ? Tri::Yes
                                                  : refuse(schema, check, node, u"multipleOf"_s,
                                                           u"the number is no multiple of what the schema wants"_s);
            const auto isMultiple = exact->isMultipleOf(limit.exact);
            if (!isMultiple)
                return unknown(u"\"multipleOf\" with this many digits is not worked out"_s);
            return *isMultiple ? Tri::Yes
                               : refuse(schema, check, node, u"multipleOf"_s,
                                        u"the number is no multiple of what the schema wants"_s);
        }
        order = small && limit.small ? *small <=> *limit.small : *exact <=> limit.exact;
        const QString bound =
            QString::fromLatin1(m_program.documents[schema.document]->tape.token(check.source).toByteArray().left(40));
        switch (check.kind) {
        case Kind::Minimum:
            return order >= 0 ? Tri::Yes
                              : refuse(schema, check, node, u"minimum"_s, u"the number is below %1"_s.arg(bound));
        case Kind::Maximum:
            return order <= 0 ? Tri::Yes
                              : refuse(schema, check, node, u"maximum"_s, u"the number is above %1"_s.arg(bound));
        case Kind::ExclusiveMinimum:
            return order > 0
                       ? Tri::Yes
                       : refuse(schema, check, node, u"exclusiveMinimum"_s, u"the number is not above %1"_s.arg(bound));
        default:
            return order < 0
                       ? Tri::Yes
                       : refuse(schema, check, node, u"exclusiveMaximum"_s, u"the number is not below %1"_s.arg(bound));
        }
    }

    Tri object(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node, Marks* marks)
    {
        const std::uint32_t count = at(node).count;
        switch (check.kind) {
        case Kind::Required: {
            Tri all = Tri::Yes;
            for (const std::string& name : check.names) {
                m_work -= count / 8;
                if (m_json.member(node, name))
                    continue;
                all = refuse(schema, check, node, u"required"_s, u"the field \"%1\" is missing"_s.arg(shown(name)));
                if (!m_told)
                    break;
            }
            return all;
        }
        case Kind::MinProperties:
            return count >= check.least
                       ? Tri::Yes
                       : refuse(schema, check, node, u"minProperties"_s,
                                u"the object has %1 and needs at least %2"_s.arg(plural(count, u"field"_s))
                                    .arg(check.least));
        case Kind::MaxProperties:
            return count <= check.most
                       ? Tri::Yes
                       : refuse(schema, check, node, u"maxProperties"_s,
                                u"the object has %1 and may have at most %2"_s.arg(plural(count, u"field"_s))
                                    .arg(check.most));
        case Kind::DependentRequired:
            return dependentRequired(schema, check, node);
        case Kind::DependentSchemas: {
            Tri all = Tri::Yes;
            for (const NamedSchema& member : check.members) {
                m_work -= count / 8;
                if (m_json.member(node, member.name))
                    all = std::min(all, evaluate(member.schema, node, marks));
            }
            return all;
        }
        case Kind::PropertyNames: {
            Tri all = Tri::Yes;
            for (std::uint32_t i = node + 1; i < at(node).end; i = at(i + 1).end) {
                if (!at(i).isShadowed)
                    all = std::min(all, evaluate(check.schema, i, nullptr));
                if (all == Tri::No && !m_told)
                    break;
            }
            return all;
        }
        case Kind::Properties:
            return properties(schema, check, node, marks);
        default:
            return unevaluatedProperties(schema, check, node, marks);
        }
    }

    Tri dependentRequired(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node)
    {
        Tri all = Tri::Yes;
        for (const NameDependency& dependency : check.dependencies) {
            m_work -= at(node).count / 8;
            if (!m_json.member(node, dependency.name))
                continue;
            for (const std::string& name : dependency.needs) {
                m_work -= at(node).count / 8;
                if (!m_json.member(node, name))
                    all = refuse(
                        schema, check, node, u"dependentRequired"_s,
                        u"with \"%1\" the field \"%2\" must be there too"_s.arg(shown(dependency.name), shown(name)));
            }
        }
        return all;
    }

    Tri properties(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node, Marks* marks)
    {
        Tri all = Tri::Yes;
        std::size_t place = 0;
        for (std::uint32_t i = node + 1; i < at(node).end; i = at(i + 1).end, ++place) {
            if (--m_work < 0)
                return std::min(all, unknown(u"judging it takes more work than is done for one payload"_s));
            if (at(i).isShadowed)
                continue;
            const std::string_view name = m_json.text(i);
            bool isNamed = false;
            bool isUnsure = false;
            const auto known = std::lower_bound(check.members.begin(), check.members.end(), name,
                                                [](const NamedSchema& m, std::string_view n) { return m.name < n; });
            if (known != check.members.end() && known->name == name) {
                isNamed = true;
                all = std::min(all, evaluate(known->schema, i + 1, nullptr));
            }
            for (const PatternSchema& pattern : check.patterns) {
                const auto matches = pattern.pattern.matches(name);
                if (!matches) {
                    isUnsure = true;
                    all = std::min(all, unknown(u"a regular expression of the schema gave up on a field's name"_s));
                } else if (*matches) {
                    isNamed = true;
                    all = std::min(all, evaluate(pattern.schema, i + 1, nullptr));
                }
            }
            if (!isNamed && !isUnsure && check.schema != noSchema) {
                if (m_program.nodes[check.schema].kind == SchemaNode::Kind::Refuse) {
                    error(schema, check.constants.front(), i + 1, u"additionalProperties"_s,
                          u"the schema knows no field of this name and allows no others"_s);
                    all = Tri::No;
                } else {
                    all = std::min(all, evaluate(check.schema, i + 1, nullptr));
                }
                isNamed = true;
            }
            if (marks && (isNamed || isUnsure))
                (*marks)[place] = std::max((*marks)[place], isNamed ? Tri::Yes : Tri::Unknown);
            if (all == Tri::No && !m_told)
                break;
        }
        return all;
    }

    Tri unevaluatedProperties(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node, Marks* marks)
    {
        Tri all = Tri::Yes;
        std::size_t place = 0;
        for (std::uint32_t i = node + 1; i < at(node).end; i = at(i + 1).end, ++place) {
            if (at(i).isShadowed || (*marks)[place] == Tri::Yes)
                continue;
            all = std::min(
                all, unevaluated(schema, check, i + 1, (*marks)[place], u"unevaluatedProperties"_s,
                                 u"no part of the schema knows a field of this name, and others are not allowed"_s));
            (*marks)[place] = Tri::Yes;
        }
        return all;
    }

    Tri unevaluated(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t child, Tri mark,
                    const QString& keyword, const QString& message)
    {
        if (mark == Tri::Unknown) // somebody may have looked at it: then nothing is asked of it
            return std::max(tryOut(check.schema, child, nullptr), Tri::Unknown);
        if (m_program.nodes[check.schema].kind == SchemaNode::Kind::Refuse)
            return refuse(schema, check, child, keyword, message);
        return evaluate(check.schema, child, nullptr);
    }

    Tri array(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node, Marks* marks)
    {
        const std::uint32_t count = at(node).count;
        switch (check.kind) {
        case Kind::MinItems:
            return count >= check.least
                       ? Tri::Yes
                       : refuse(schema, check, node, u"minItems"_s,
                                u"the list has %1 and needs at least %2"_s.arg(plural(count, u"element"_s))
                                    .arg(check.least));
        case Kind::MaxItems:
            return count <= check.most
                       ? Tri::Yes
                       : refuse(schema, check, node, u"maxItems"_s,
                                u"the list has %1 and may have at most %2"_s.arg(plural(count, u"element"_s))
                                    .arg(check.most));
        case Kind::UniqueItems: {
            std::uint32_t duplicate = node;
            switch (jsonElementsDiffer(m_json, node, m_work, duplicate)) {
            case Tri::Yes:
                return Tri::Yes;
            case Tri::Unknown:
                return unknown(u"comparing a list's elements takes too much work"_s);
            case Tri::No:
                return refuse(schema, check, duplicate, u"uniqueItems"_s, u"the list has this element twice"_s);
            }
            return Tri::Unknown;
        }
        case Kind::Items:
            return items(schema, check, node, marks);
        case Kind::Contains:
            return contains(schema, check, node, marks);
        default: {
            Tri all = Tri::Yes;
            std::size_t place = 0;
            for (std::uint32_t i = node + 1; i < at(node).end; i = at(i).end, ++place) {
                if ((*marks)[place] == Tri::Yes)
                    continue;
                all =
                    std::min(all, unevaluated(schema, check, i, (*marks)[place], u"unevaluatedItems"_s,
                                              u"no part of the schema knows this element, and more are not allowed"_s));
                (*marks)[place] = Tri::Yes;
            }
            return all;
        }
        }
    }

    Tri items(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node, Marks* marks)
    {
        Tri all = Tri::Yes;
        std::size_t place = 0;
        for (std::uint32_t i = node + 1; i < at(node).end; i = at(i).end, ++place) {
            SchemaRef ref = check.schema;
            if (place < check.schemas.size())
                ref = check.schemas[place];
            else if (ref == noSchema)
                break;
            if (place >= check.schemas.size() && m_program.nodes[ref].kind == SchemaNode::Kind::Refuse) {
                error(schema, check.constants.front(), i, u"items"_s,
                      u"the list may have at most %1"_s.arg(plural(check.schemas.size(), u"element"_s)));
                all = Tri::No;
            } else {
                all = std::min(all, evaluate(ref, i, nullptr));
            }
            if (marks)
                (*marks)[place] = Tri::Yes;
            if (all == Tri::No && !m_told)
                break;
        }
        return all;
    }

    Tri contains(const SchemaNode& schema, const SchemaCheck& check, std::uint32_t node, Marks* marks)
    {
        std::uint64_t sure = 0;
        std::uint64_t perhaps = 0;
        std::size_t place = 0;
        for (std::uint32_t i = node + 1; i < at(node).end; i = at(i).end, ++place) {
            const Tri fits = tryOut(check.schema, i, nullptr);
            sure += fits == Tri::Yes ? 1 : 0;
            perhaps += fits == Tri::Unknown ? 1 : 0;
            if (marks && check.marksItems)
                (*marks)[place] = std::max((*marks)[place], fits);
        }
        if (sure > check.most)
            return refuse(schema, check, node, u"maxContains"_s,
                          u"%1 of the list fit and at most %2 may"_s.arg(plural(sure, u"element"_s)).arg(check.most));
        if (sure + perhaps < check.least)
            return refuse(
                schema, check, node, check.least == 1 ? u"contains"_s : u"minContains"_s,
                u"%1 of the list fit and at least %2 must"_s.arg(plural(sure, u"element"_s)).arg(check.least));
        return fromBool(sure >= check.least && sure + perhaps <= check.most) == Tri::Yes ? Tri::Yes : Tri::Unknown;
    }

    const SchemaProgram& m_program;
    const JsonTape& m_json;
    const ValidationLimits& m_limits;
    std::int64_t m_work;
    int m_depth = 0;
    std::vector<std::uint32_t> m_scope; // resources we are in, outermost first
    SchemaJudgement* m_told = nullptr;  // where errors go; null: only the answer counts
    SchemaJudgement* m_reasons = nullptr;
    bool m_isWithinNearest = false;
    std::int64_t m_remembersBelow = 0;                   // of m_work
    std::vector<std::vector<std::uint32_t>> m_views{{}}; // resources with dynamic anchors that we came through
    std::map<std::vector<std::uint32_t>, std::uint32_t> m_viewNumbers; // their places in m_views; none for the first
    std::uint32_t m_view = 0;                                          // the one we are in
    std::map<std::uint32_t, std::unordered_map<std::uint64_t, Memory>> m_memory; // by view
    std::size_t m_remembered = 0;
};

SchemaVerdict fromTri(Tri tri)
{
    switch (tri) {
    case Tri::No:
        return SchemaVerdict::Invalid;
    case Tri::Unknown:
        return SchemaVerdict::Unknown;
    case Tri::Yes:
        return SchemaVerdict::Valid;
    }
    return SchemaVerdict::Unknown;
}

} // namespace

SchemaVerdict schemaVerdict(const SchemaProgram& program, const JsonTape& instance, const ValidationLimits& limits)
{
    if (program.root == noSchema)
        return SchemaVerdict::Unknown;
    return fromTri(Evaluation(program, instance, limits).run(nullptr));
}

SchemaJudgement judge(const SchemaProgram& program, const JsonTape& instance, const ValidationLimits& limits)
{
    SchemaJudgement judgement;
    judgement.verdict = schemaVerdict(program, instance, limits);
    if (program.root == noSchema) {
        judgement.reasons = {u"the schema file cannot be read"_s};
        return judgement;
    }
    if (judgement.verdict != SchemaVerdict::Valid) {
        // The answer stands; this second round only finds the words for it.
        (void)Evaluation(program, instance, limits).run(&judgement);
        std::stable_sort(judgement.errors.begin(), judgement.errors.end(),
                         [](const SchemaError& a, const SchemaError& b) { return a.first < b.first; });
    }
    if (judgement.verdict == SchemaVerdict::Invalid &&
        judgement.errors.empty()) // the words took more work than there is
        judgement.errors.push_back({.path = {},
                                    .schemaPath = u"#"_s,
                                    .keyword = u"schema"_s,
                                    .message = u"the payload does not fit the schema"_s,
                                    .first = instance[0].first,
                                    .last = instance[0].last});
    if (judgement.verdict == SchemaVerdict::Invalid)
        judgement.reasons.clear();
    else
        judgement.errors.clear();
    if (instance.hasDuplicateNames())
        judgement.reasons.append(u"the payload has a field twice in one object; the later one was judged"_s);
    return judgement;
}

} // namespace spillway
