// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/schemacompiler.h"

#include "model/base/text.h"
#include "model/schema/jsonequal.h"
#include "model/schema/schemaresources.h"

#include <QFile>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

static void initialiseMetaSchemas()
{
    Q_INIT_RESOURCE(metaschemas);
}

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = SchemaCheck::Kind;
constexpr std::size_t mostSchemas = 200'000;

std::uint8_t typeBit(std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, int>, 7> names{{{"null", 1 << 0},
                                                                     {"boolean", 1 << 1 | 1 << 2},
                                                                     {"number", 1 << 3},
                                                                     {"string", 1 << 4},
                                                                     {"array", 1 << 5},
                                                                     {"object", 1 << 6},
                                                                     {"integer", 1 << 7}}};
    for (const auto& [word, bit] : names) {
        if (word == name)
            return static_cast<std::uint8_t>(bit);
    }
    return 0;
}

class Compiler
{
public:
    Compiler(SchemaProgram& program, const SchemaLoader& load, const SchemaReading& reading)
        : m_program(program)
        , m_reading(reading)
        , m_resources(program, load, reading)
    {
    }

    void run(const QString& uri, const QByteArray& json)
    {
        if (!m_resources.addDocument(uri, json))
            return;
        SchemaNode beyond;
        beyond.kind = SchemaNode::Kind::Checks;
        beyond.checks.emplace_back().note = u"there are more than %1 schemas"_s.arg(mostSchemas);
        m_program.nodes.push_back(std::move(beyond));
        m_program.root = schemaAt({0, 0});
        if (const auto& dialect = m_resources[m_resources.resourceOf({0, 0})].dialect)
            m_program.draft = schemaDraftName(dialect->draft);
        std::size_t anchors = 0;
        while (true) {
            for (; anchors < m_resources.dynamicAnchors().size(); ++anchors) {
                const auto dynamic = m_resources.dynamicAnchors()[anchors];
                m_program.dynamicAnchors.emplace(std::pair{dynamic.resource, dynamic.anchor}, schemaAt(dynamic.place));
            }
            if (m_queue.empty())
                break;
            const auto [ref, place] = m_queue.front();
            m_queue.pop_front();
            build(ref, place);
        }
        std::stable_sort(m_program.faults.begin(), m_program.faults.end(), [](const auto& a, const auto& b) {
            return std::tie(a.uri, a.line, a.column) < std::tie(b.uri, b.line, b.column);
        });
    }

private:
    /// The schema's number; it is built later, so that references may go in circles.
    SchemaRef schemaAt(SchemaPlace place)
    {
        if (const auto known = m_refs.find(place); known != m_refs.end())
            return known->second;
        if (m_program.nodes.size() >= mostSchemas)
            return 0; // the node that knows nothing
        const auto ref = static_cast<SchemaRef>(m_program.nodes.size());
        SchemaNode node;
        node.document = place.document;
        node.source = place.node;
        m_program.nodes.push_back(std::move(node));
        m_refs.emplace(place, ref);
        m_queue.emplace_back(ref, place);
        return ref;
    }

    void build(SchemaRef ref, SchemaPlace place)
    {
        m_place = place;
        m_json = &m_resources.tape(place.document);
        m_resource = m_resources.resourceOf(place);
        const auto dialect = m_resources[m_resource].dialect;
        SchemaNode node = m_program.nodes[ref];
        node.resource = m_resource;
        m_node = &node;
        const JsonKind kind = (*m_json)[place.node].kind;
        const bool knowsBooleans = dialect && dialect->draft >= SchemaDraft::Draft6;
        if ((kind == JsonKind::True || kind == JsonKind::False) &&
            (knowsBooleans || !m_reading.unheardKeywordsDecide)) {
            node.kind = kind == JsonKind::True ? SchemaNode::Kind::Pass : SchemaNode::Kind::Refuse;
        } else if (kind != JsonKind::Object) {
            node.kind = SchemaNode::Kind::Checks;
            unknowable(place.node, u"here should stand a schema"_s);
        } else {
            node.kind = SchemaNode::Kind::Checks;
            if (!dialect) {
                unknowable(place.node, u"the schema's dialect is not known"_s, false);
            } else {
                m_dialect = *dialect;
                node.integerIsStrict = m_dialect.draft == SchemaDraft::Draft4;
                buildKeywords();
            }
        }
        m_program.nodes[ref] = std::move(node);
    }

    std::optional<std::uint32_t> get(std::string_view word) const
    {
        if (keywordUse(word, m_dialect) != KeywordUse::Assertion)
            return std::nullopt;
        return m_json->member(m_place.node, word);
    }
    JsonKind kindOf(std::uint32_t node) const { return (*m_json)[node].kind; }
    std::string textOf(std::uint32_t node) const { return std::string(m_json->text(node)); }
    QString shownText(std::uint32_t node) const
    {
        const std::string_view text = m_json->text(node);
        return visibleBytes(QByteArrayView(text.data(), static_cast<qsizetype>(text.size()))).left(200);
    }
    template<typename Use>
    void elements(std::uint32_t array, Use use) const
    {
        for (std::uint32_t i = array + 1; i < (*m_json)[array].end; i = (*m_json)[i].end)
            use(i);
    }
    /// Members of an object; of duplicate names the last.
    template<typename Use>
    void members(std::uint32_t object, Use use) const
    {
        for (std::uint32_t i = object + 1; i < (*m_json)[object].end; i = (*m_json)[i + 1].end) {
            if (!(*m_json)[i].isShadowed)
                use(i, i + 1);
        }
    }
    SchemaRef child(std::uint32_t node)
    {
        m_resources.adopt({m_place.document, node}, m_resource);
        return schemaAt({m_place.document, node});
    }

    SchemaCheck& check(Kind kind, std::uint32_t source)
    {
        SchemaCheck& made = m_node->checks.emplace_back();
        made.kind = kind;
        made.source = source;
        return made;
    }
    void unknowable(std::uint32_t source, const QString& note, bool isFault = true)
    {
        check(Kind::Unknowable, source).note = note;
        if (isFault)
            m_resources.fault({m_place.document, source}, note);
    }
    bool isKind(std::uint32_t node, JsonKind kind, std::string_view word, QStringView what)
    {
        if (kindOf(node) == kind)
            return true;
        unknowable(node, u"\"%1\" should be %2"_s.arg(QString::fromLatin1(word.data(), qsizetype(word.size())), what));
        return false;
    }

    void buildKeywords()
    {
        if (const auto ref = get("$ref")) {
            reference(*ref, Kind::Ref, "$ref");
            if (m_dialect.draft <= SchemaDraft::Draft7)
                return; // beside $ref nothing counts
        }
        if (const auto ref = get("$dynamicRef"))
            reference(*ref, Kind::DynamicRef, "$dynamicRef");
        if (const auto ref = get("$recursiveRef"))
            reference(*ref, Kind::DynamicRef, "$recursiveRef");
        unheard();
        types();
        constants();
        numbers();
        texts();
        objects();
        arrays();
        combinations();
        if (const auto format = get("format"))
            formatOf(*format);
        if (const auto items = get("unevaluatedItems"))
            unevaluated(Kind::UnevaluatedItems, *items);
        if (const auto properties = get("unevaluatedProperties"))
            unevaluated(Kind::UnevaluatedProperties, *properties);
    }

    void unheard()
    {
        if (!m_reading.unheardKeywordsDecide)
            return;
        members(m_place.node, [&](std::uint32_t name, std::uint32_t value) {
            const std::string_view word = m_json->text(name);
            switch (keywordUse(word, m_dialect)) {
            case KeywordUse::Assertion:
            case KeywordUse::Annotation:
                break;
            case KeywordUse::Foreign:
                unknowable(value, u"the keyword \"%1\" is none of %2; validators differ over it"_s.arg(
                                      shownText(name), schemaDraftName(m_dialect.draft)));
                break;
            case KeywordUse::Unheard:
                unknowable(value, u"the keyword \"%1\" is not understood"_s.arg(shownText(name)));
                break;
            }
        });
    }

    void reference(std::uint32_t value, Kind kind, std::string_view word)
    {
        if (!isKind(value, JsonKind::String, word, u"text"))
            return;
        const QString address = m_resources.text({m_place.document, value});
        int anchor = -1;
        auto target = m_resources.resolveDynamic(m_resource, address, anchor);
        m_json = &m_resources.tape(m_place.document);
        if (!target) {
            unknowable(value,
                       u"\"%1\" points to %2, which %3"_s.arg(
                           QString::fromLatin1(word.data(), qsizetype(word.size())), visibleText(address).left(200),
                           m_resources.isUnreadable(m_resource, address) ? u"does not read" : u"is not at hand"));
            return;
        }
        if (word == "$recursiveRef")
            anchor =
                m_resources[m_resources.resourceOf(*target)].recursiveAnchor ? SchemaResources::recursiveAnchor : -1;
        SchemaCheck& made = check(kind == Kind::DynamicRef && anchor < 0 ? Kind::Ref : kind, value);
        made.schema = schemaAt(*target);
        made.anchor = anchor;
    }

    void types()
    {
        const auto type = get("type");
        if (!type)
            return;
        std::uint8_t bits = 0;
        bool isSound = true;
        const auto add = [&](std::uint32_t node) {
            const std::uint8_t bit = kindOf(node) == JsonKind::String ? typeBit(m_json->text(node)) : std::uint8_t{0};
            bits |= bit;
            isSound = isSound && bit != 0;
        };
        if (kindOf(*type) == JsonKind::Array)
            elements(*type, add);
        else
            add(*type);
        if (isSound && bits != 0)
            check(Kind::Type, *type).types = bits;
        else
            unknowable(*type, u"\"type\" names no type of JSON"_s);
    }

    void constants()
    {
        if (const auto list = get("enum"); list && isKind(*list, JsonKind::Array, "enum", u"a list")) {
            SchemaCheck& made = check(Kind::Enum, *list);
            elements(*list, [&](std::uint32_t node) { made.constants.push_back(node); });
        }
        if (const auto value = get("const"))
            check(Kind::Const, *value).constants.push_back(*value);
    }

    std::optional<SchemaNumber> numberAt(std::uint32_t node, std::string_view word)
    {
        if (!isKind(node, JsonKind::Number, word, u"a number"))
            return std::nullopt;
        const auto exact = Decimal::parse(m_json->token(node));
        if (!exact) {
            unknowable(node, u"this number has too many digits"_s);
            return std::nullopt;
        }
        return SchemaNumber{plainInteger(m_json->token(node)), *exact};
    }

    void bound(std::string_view word, std::string_view exclusiveWord, Kind kind, Kind exclusiveKind)
    {
        const auto limit = get(word);
        const auto exclusive = get(exclusiveWord);
        bool isExclusive = false;
        if (m_dialect.draft == SchemaDraft::Draft4 && exclusive) {
            if (kindOf(*exclusive) != JsonKind::True && kindOf(*exclusive) != JsonKind::False)
                unknowable(*exclusive, u"draft-04 wants true or false here"_s);
            isExclusive = kindOf(*exclusive) == JsonKind::True;
        } else if (exclusive) {
            if (auto number = numberAt(*exclusive, exclusiveWord))
                check(exclusiveKind, *exclusive).number = std::move(number);
        }
        if (limit) {
            if (auto number = numberAt(*limit, word))
                check(isExclusive ? exclusiveKind : kind, *limit).number = std::move(number);
        }
    }

    void numbers()
    {
        bound("minimum", "exclusiveMinimum", Kind::Minimum, Kind::ExclusiveMinimum);
        bound("maximum", "exclusiveMaximum", Kind::Maximum, Kind::ExclusiveMaximum);
        if (const auto divisor = get("multipleOf")) {
            auto number = numberAt(*divisor, "multipleOf");
            if (number && !(number->exact > Decimal::fromInteger(0)))
                unknowable(*divisor, u"\"multipleOf\" should be above 0"_s);
            else if (number)
                check(Kind::MultipleOf, *divisor).number = std::move(number);
        }
    }

    /// A count: a whole number from 0 (2.0 too). nullopt: it is none, and that is noted.
    std::optional<std::uint64_t> countAt(std::uint32_t node, std::string_view word)
    {
        const auto number = kindOf(node) == JsonKind::Number ? Decimal::parse(m_json->token(node)) : std::nullopt;
        if (!number || !number->isWhole() || *number < Decimal::fromInteger(0)) {
            unknowable(node, u"\"%1\" should be a whole number from 0"_s.arg(
                                 QString::fromLatin1(word.data(), qsizetype(word.size()))));
            return std::nullopt;
        }
        const double value = number->toDouble();
        return value > 9e18 ? std::numeric_limits<std::uint64_t>::max() : static_cast<std::uint64_t>(value);
    }
    void least(std::string_view word, Kind kind)
    {
        if (const auto node = get(word)) {
            if (const auto count = countAt(*node, word))
                check(kind, *node).least = *count;
        }
    }
    void most(std::string_view word, Kind kind)
    {
        if (const auto node = get(word)) {
            if (const auto count = countAt(*node, word))
                check(kind, *node).most = *count;
        }
    }

    std::optional<EcmaPattern> patternAt(std::uint32_t node)
    {
        const std::string_view text = m_json->text(node);
        auto pattern = EcmaPattern::compile(QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())));
        if (!pattern)
            unknowable(node, u"this regular expression is none that we are sure about"_s);
        return pattern;
    }

    void texts()
    {
        least("minLength", Kind::MinLength);
        most("maxLength", Kind::MaxLength);
        if (const auto node = get("pattern"); node && isKind(*node, JsonKind::String, "pattern", u"text")) {
            if (auto pattern = patternAt(*node))
                check(Kind::Pattern, *node).patterns.push_back({std::move(*pattern), noSchema});
        }
    }

    void formatOf(std::uint32_t node)
    {
        if (kindOf(node) != JsonKind::String)
            return;
        const bool isCertain = m_reading.formatsAssert || m_dialect.has(formatAssertionVocabulary);
        const bool isOpen = m_reading.openFormatsDecide && m_dialect.draft <= SchemaDraft::Draft7;
        if (!isCertain && !isOpen)
            return;
        const QString name = m_resources.text({m_place.document, node});
        const auto format = jsonFormatFromName(name);
        // What no specification knows asserts nothing in old drafts, and is no word of the vocabulary in new ones.
        if (!format && !isStandardFormat(name) && !m_dialect.has(formatAssertionVocabulary))
            return;
        SchemaCheck& made = check(Kind::Format, node);
        made.format = format;
        made.formatIsCertain = isCertain;
        made.note = visibleText(name).left(80);
    }

    std::vector<std::string> namesIn(std::uint32_t list, std::string_view word)
    {
        std::vector<std::string> names;
        elements(list, [&](std::uint32_t node) {
            if (isKind(node, JsonKind::String, word, u"a list of names"))
                names.push_back(textOf(node));
        });
        return names;
    }

    void objects()
    {
        if (const auto node = get("required")) {
            if (isKind(*node, JsonKind::Array, "required", u"a list of names")) {
                auto names = namesIn(*node, "required");
                check(Kind::Required, *node).names = std::move(names);
            }
        }
        least("minProperties", Kind::MinProperties);
        most("maxProperties", Kind::MaxProperties);
        properties();
        if (const auto node = get("propertyNames"))
            check(Kind::PropertyNames, *node).schema = child(*node);
        if (const auto node = get("dependentRequired");
            node && isKind(*node, JsonKind::Object, "dependentRequired", u"an object")) {
            SchemaCheck made;
            made.kind = Kind::DependentRequired;
            made.source = *node;
            members(*node, [&](std::uint32_t name, std::uint32_t value) {
                if (isKind(value, JsonKind::Array, "dependentRequired", u"an object of lists"))
                    made.dependencies.push_back({textOf(name), namesIn(value, "dependentRequired")});
            });
            m_node->checks.push_back(std::move(made));
        }
        if (const auto node = get("dependentSchemas");
            node && isKind(*node, JsonKind::Object, "dependentSchemas", u"an object"))
            dependentSchemas(*node);
        if (const auto node = get("dependencies");
            node && isKind(*node, JsonKind::Object, "dependencies", u"an object"))
            dependencies(*node);
    }

    void dependentSchemas(std::uint32_t node)
    {
        SchemaCheck made;
        made.kind = Kind::DependentSchemas;
        made.source = node;
        members(node, [&](std::uint32_t name, std::uint32_t value) {
            made.members.push_back({textOf(name), child(value)});
        });
        m_node->checks.push_back(std::move(made));
    }

    void dependencies(std::uint32_t node)
    {
        SchemaCheck lists;
        lists.kind = Kind::DependentRequired;
        lists.source = node;
        SchemaCheck schemas;
        schemas.kind = Kind::DependentSchemas;
        schemas.source = node;
        members(node, [&](std::uint32_t name, std::uint32_t value) {
            if (kindOf(value) == JsonKind::Array)
                lists.dependencies.push_back({textOf(name), namesIn(value, "dependencies")});
            else
                schemas.members.push_back({textOf(name), child(value)});
        });
        m_node->checks.push_back(std::move(lists));
        m_node->checks.push_back(std::move(schemas));
    }

    void properties()
    {
        const auto named = get("properties");
        const auto patterned = get("patternProperties");
        const auto rest = get("additionalProperties");
        if (!named && !patterned && !rest)
            return;
        SchemaCheck made;
        made.kind = Kind::Properties;
        made.source = named ? *named : patterned ? *patterned : *rest;
        bool isSound = true;
        if (named && (isSound = isKind(*named, JsonKind::Object, "properties", u"an object"))) {
            members(*named, [&](std::uint32_t name, std::uint32_t value) {
                made.members.push_back({textOf(name), child(value)});
            });
            std::sort(made.members.begin(), made.members.end(),
                      [](const NamedSchema& a, const NamedSchema& b) { return a.name < b.name; });
        }
        if (patterned && isKind(*patterned, JsonKind::Object, "patternProperties", u"an object")) {
            members(*patterned, [&](std::uint32_t name, std::uint32_t value) {
                if (auto pattern = patternAt(name))
                    made.patterns.push_back({std::move(*pattern), child(value)});
                else
                    isSound = false;
            });
        }
        // Without all names and patterns nobody knows which properties are additional.
        if (rest && isSound) {
            made.schema = child(*rest);
            made.constants.push_back(*rest);
        }
        m_node->checks.push_back(std::move(made));
    }

    void arrays()
    {
        least("minItems", Kind::MinItems);
        most("maxItems", Kind::MaxItems);
        if (const auto node = get("uniqueItems")) {
            if (kindOf(*node) == JsonKind::True)
                check(Kind::UniqueItems, *node);
            else if (kindOf(*node) != JsonKind::False)
                unknowable(*node, u"\"uniqueItems\" should be true or false"_s);
        }
        items();
        contains();
    }

    void items()
    {
        const auto items = get("items");
        const bool isNew = m_dialect.draft == SchemaDraft::Draft2020;
        const auto prefix = isNew                                        ? get("prefixItems")
                            : items && kindOf(*items) == JsonKind::Array ? items
                                                                         : std::nullopt;
        const auto rest = isNew ? items : prefix ? get("additionalItems") : items;
        if (!prefix && !rest)
            return;
        SchemaCheck made;
        made.kind = Kind::Items;
        made.source = prefix ? *prefix : *rest;
        if (prefix) {
            if (!isKind(*prefix, JsonKind::Array, "prefixItems", u"a list of schemas"))
                return;
            elements(*prefix, [&](std::uint32_t node) { made.schemas.push_back(child(node)); });
        }
        if (rest) {
            if (isNew && kindOf(*rest) == JsonKind::Array) {
                unknowable(*rest, u"a list under \"items\" is none of 2020-12; validators differ over it"_s);
                return;
            }
            made.schema = child(*rest);
            made.constants.push_back(*rest);
        }
        m_node->checks.push_back(std::move(made));
    }

    void contains()
    {
        const auto contains = get("contains");
        if (!contains)
            return;
        SchemaCheck made;
        made.kind = Kind::Contains;
        made.source = *contains;
        made.schema = child(*contains);
        made.least = 1;
        made.marksItems = m_dialect.draft == SchemaDraft::Draft2020;
        if (const auto node = get("minContains"))
            made.least = countAt(*node, "minContains").value_or(1);
        if (const auto node = get("maxContains"))
            made.most = countAt(*node, "maxContains").value_or(made.most);
        m_node->checks.push_back(std::move(made));
    }

    void combinations()
    {
        constexpr std::array<std::pair<std::string_view, Kind>, 3> words{
            {{"allOf", Kind::AllOf}, {"anyOf", Kind::AnyOf}, {"oneOf", Kind::OneOf}}};
        for (const auto& [word, kind] : words) {
            const auto list = get(word);
            if (!list || !isKind(*list, JsonKind::Array, word, u"a list of schemas"))
                continue;
            std::vector<SchemaRef> schemas;
            elements(*list, [&](std::uint32_t node) { schemas.push_back(child(node)); });
            if (schemas.empty())
                unknowable(*list, u"a list of schemas should not be empty"_s);
            else
                check(kind, *list).schemas = std::move(schemas);
        }
        if (const auto node = get("not"))
            check(Kind::Not, *node).schema = child(*node);
        if (const auto condition = get("if")) {
            const auto yes = get("then");
            const auto no = get("else");
            std::vector<SchemaRef> schemas{child(*condition), yes ? child(*yes) : noSchema, no ? child(*no) : noSchema};
            check(Kind::If, *condition).schemas = std::move(schemas);
        }
    }

    void unevaluated(Kind kind, std::uint32_t node)
    {
        check(kind, node).schema = child(node);
        m_node->tracks = true;
    }

    SchemaProgram& m_program;
    const SchemaReading& m_reading;
    SchemaResources m_resources;
    std::map<SchemaPlace, SchemaRef> m_refs;
    std::deque<std::pair<SchemaRef, SchemaPlace>> m_queue;
    // The schema being built.
    SchemaPlace m_place;
    const JsonTape* m_json = nullptr;
    SchemaNode* m_node = nullptr;
    std::uint32_t m_resource = 0;
    SchemaDialect m_dialect;
};

} // namespace

std::shared_ptr<const SchemaProgram> compileSchema(const QString& uri, const QByteArray& json, const SchemaLoader& load,
                                                   const SchemaReading& reading)
{
    auto program = std::make_shared<SchemaProgram>();
    Compiler(*program, load, reading).run(uri, json);
    return program;
}

std::optional<QByteArray> bundledMetaSchema(const QString& uri)
{
    initialiseMetaSchemas();
    QString name;
    if (const auto draft = schemaDraftFromUri(uri))
        name = schemaDraftName(*draft) + u"/schema"_s;
    else if (uri.startsWith(u"https://json-schema.org/draft/"))
        name = uri.sliced(30);
    else
        return std::nullopt;
    QFile file(u":/metaschemas/"_s + name);
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    return file.readAll();
}

} // namespace spillway
