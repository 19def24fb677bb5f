// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/avrocompat.h"
#include "model/schema/avrofit.h"

#include <QStringList>

#include <algorithm>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = AvroType::Kind;
using Change = AvroDifference::Kind;
constexpr std::size_t mostDifferences = 10'000;

QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

struct Place
{
    QString location;
    QString field;

    [[nodiscard]] Place within(const QString& step) const { return {location + u'/' + step, field}; }
    [[nodiscard]] Place item(const QString& step, const QString& sign) const
    {
        return {location + u'/' + step, field + sign};
    }
    [[nodiscard]] Place ofField(std::size_t index, std::string_view name) const
    {
        return {location + u"/fields/"_s + QString::number(index),
                field.isEmpty() ? text(name) : field + u'.' + text(name)};
    }
};

class Differ
{
public:
    Differ(const AvroSchema& older, const AvroSchema& newer)
        : m_old(older)
        , m_new(newer)
    {
    }

    std::vector<AvroDifference> run()
    {
        compare(m_old.root, m_new.root, {}, {});
        return std::move(m_found);
    }

private:
    void add(Change kind, const Place& oldPlace, std::int64_t oldAt, const Place& newPlace, std::int64_t at,
             QString message)
    {
        const auto root = [](const QString& location) { return location.isEmpty() ? u"/"_s : location; };
        if (m_found.size() < mostDifferences)
            m_found.push_back(
                {.kind = kind,
                 .location = root(newPlace.location),
                 .oldLocation = root(oldPlace.location),
                 .field = newPlace.field.size() >= oldPlace.field.size() ? newPlace.field : oldPlace.field,
                 .message = std::move(message),
                 .at = at,
                 .oldAt = oldAt});
    }

    void compare(std::uint32_t o, std::uint32_t n, const Place& oldPlace, const Place& newPlace)
    {
        if (!m_seen.emplace(o, n).second)
            return;
        const AvroType& older = m_old.types[o];
        const AvroType& newer = m_new.types[n];
        if (older.kind != newer.kind) {
            add(Change::TypeChanged, oldPlace, older.at, newPlace, newer.at,
                u"%1 became %2"_s.arg(avroTypeText(m_old, o), avroTypeText(m_new, n)));
            // A value that became optional, or no longer is, is still compared with its branch.
            if (newer.kind == Kind::Union || older.kind == Kind::Union)
                throughUnion(o, n, oldPlace, newPlace);
            return;
        }
        if (older.logical != newer.logical || older.scale != newer.scale)
            add(Change::LogicalTypeChanged, oldPlace, older.at, newPlace, newer.at, u"the logical type changed"_s);
        if (!newer.name.empty() && older.name != newer.name)
            add(Change::NameChanged, oldPlace.within(u"name"_s), older.at, newPlace.within(u"name"_s), newer.at,
                u"%1 became %2"_s.arg(text(older.name), text(newer.name)));
        switch (newer.kind) {
        case Kind::Array:
            compare(older.choices.front(), newer.choices.front(), oldPlace.item(u"items"_s, u"[]"_s),
                    newPlace.item(u"items"_s, u"[]"_s));
            break;
        case Kind::Map:
            compare(older.choices.front(), newer.choices.front(), oldPlace.item(u"values"_s, u".*"_s),
                    newPlace.item(u"values"_s, u".*"_s));
            break;
        case Kind::Fixed:
            if (older.size != newer.size)
                add(Change::SizeChanged, oldPlace.within(u"size"_s), older.at, newPlace.within(u"size"_s), newer.at,
                    u"%1 bytes became %2"_s.arg(older.size).arg(newer.size));
            break;
        case Kind::Enum:
            symbols(older, newer, oldPlace, newPlace);
            break;
        case Kind::Union:
            branches(o, n, oldPlace, newPlace);
            break;
        case Kind::Record:
            record(older, newer, oldPlace, newPlace);
            break;
        default:
            break;
        }
    }

    [[nodiscard]] static std::optional<std::size_t> branchLike(const AvroSchema& schema, const AvroType& in,
                                                               const AvroType& wanted)
    {
        for (std::size_t i = 0; i < in.choices.size(); ++i) {
            const AvroType& choice = schema.types[in.choices[i]];
            if (choice.kind == wanted.kind && (choice.name.empty() || avroNamesFit(choice, wanted)))
                return i;
        }
        return std::nullopt;
    }

    void throughUnion(std::uint32_t o, std::uint32_t n, const Place& oldPlace, const Place& newPlace)
    {
        const AvroType& older = m_old.types[o];
        const AvroType& newer = m_new.types[n];
        if (newer.kind == Kind::Union) {
            if (const auto branch = branchLike(m_new, newer, older))
                compare(o, newer.choices[*branch], oldPlace, newPlace.within(QString::number(*branch)));
        } else if (const auto branch = branchLike(m_old, older, newer)) {
            compare(older.choices[*branch], n, oldPlace.within(QString::number(*branch)), newPlace);
        }
    }

    void branches(std::uint32_t o, std::uint32_t n, const Place& oldPlace, const Place& newPlace)
    {
        const AvroType& older = m_old.types[o];
        const AvroType& newer = m_new.types[n];
        QStringList added;
        QStringList removed;
        for (std::size_t i = 0; i < newer.choices.size(); ++i) {
            const auto same = branchLike(m_old, older, m_new.types[newer.choices[i]]);
            if (same)
                compare(older.choices[*same], newer.choices[i], oldPlace.within(QString::number(*same)),
                        newPlace.within(QString::number(i)));
            else
                added.append(avroTypeText(m_new, newer.choices[i]));
        }
        for (const std::uint32_t choice : older.choices) {
            if (!branchLike(m_new, newer, m_old.types[choice]))
                removed.append(avroTypeText(m_old, choice));
        }
        if (!added.isEmpty())
            add(Change::TypeChanged, oldPlace, older.at, newPlace, newer.at,
                u"the union also takes %1"_s.arg(added.mid(0, 20).join(u", ")));
        if (!removed.isEmpty())
            add(Change::TypeChanged, oldPlace, older.at, newPlace, newer.at,
                u"the union no longer takes %1"_s.arg(removed.mid(0, 20).join(u", ")));
    }

    void symbols(const AvroType& older, const AvroType& newer, const Place& oldPlace, const Place& newPlace)
    {
        const auto without = [](const AvroType& all, const AvroType& known) {
            QStringList rest;
            for (const std::string& symbol : all.symbols) {
                if (std::find(known.symbols.begin(), known.symbols.end(), symbol) == known.symbols.end())
                    rest.append(text(symbol));
            }
            return rest;
        };
        for (const QString& symbol : without(newer, older))
            add(Change::SymbolAdded, oldPlace.within(u"symbols"_s), older.at, newPlace.within(u"symbols"_s), newer.at,
                u"%1 was added"_s.arg(symbol));
        for (const QString& symbol : without(older, newer))
            add(Change::SymbolRemoved, oldPlace.within(u"symbols"_s), older.at, newPlace.within(u"symbols"_s), newer.at,
                u"%1 was removed"_s.arg(symbol));
    }

    void record(const AvroType& older, const AvroType& newer, const Place& oldPlace, const Place& newPlace)
    {
        std::set<std::size_t> used;
        for (std::size_t i = 0; i < newer.fields.size(); ++i) {
            const AvroType::Field& field = newer.fields[i];
            const Place place = newPlace.ofField(i, field.name);
            const auto source = avroFieldFor(older, field);
            if (!source) {
                add(Change::FieldAdded, oldPlace, older.at, place, field.at,
                    field.defaultJson ? u"%1 was added, with a default"_s.arg(text(field.name))
                                      : u"%1 was added, without a default"_s.arg(text(field.name)));
                continue;
            }
            used.insert(*source);
            const AvroType::Field& before = older.fields[*source];
            const Place oldField = oldPlace.ofField(*source, before.name);
            if (before.name != field.name)
                add(Change::FieldRenamed, oldField, before.at, place, field.at,
                    u"%1 became %2; its alias keeps old data readable"_s.arg(text(before.name), text(field.name)));
            if (before.defaultJson != field.defaultJson) {
                const Change kind = !before.defaultJson  ? Change::DefaultAdded
                                    : !field.defaultJson ? Change::DefaultRemoved
                                                         : Change::DefaultChanged;
                add(kind, oldField, before.at, place, field.at,
                    kind == Change::DefaultAdded     ? u"%1 has a default now"_s.arg(text(field.name))
                    : kind == Change::DefaultRemoved ? u"%1 has no default any more"_s.arg(text(field.name))
                                                     : u"the default of %1 changed"_s.arg(text(field.name)));
            }
            compare(before.type, field.type, oldField.within(u"type"_s), place.within(u"type"_s));
        }
        for (std::size_t i = 0; i < older.fields.size(); ++i) {
            if (!used.contains(i))
                add(Change::FieldRemoved, oldPlace.ofField(i, older.fields[i].name), older.fields[i].at, newPlace,
                    newer.at, u"%1 was removed"_s.arg(text(older.fields[i].name)));
        }
    }

    const AvroSchema& m_old;
    const AvroSchema& m_new;
    std::set<std::pair<std::uint32_t, std::uint32_t>> m_seen;
    std::vector<AvroDifference> m_found;
};

} // namespace

QString avroDifferenceWord(AvroDifference::Kind kind)
{
    switch (kind) {
    case Change::FieldAdded:
        return u"fieldAdded"_s;
    case Change::FieldRemoved:
        return u"fieldRemoved"_s;
    case Change::FieldRenamed:
        return u"fieldRenamed"_s;
    case Change::DefaultAdded:
        return u"defaultAdded"_s;
    case Change::DefaultRemoved:
        return u"defaultRemoved"_s;
    case Change::DefaultChanged:
        return u"defaultChanged"_s;
    case Change::TypeChanged:
        return u"typeChanged"_s;
    case Change::SymbolAdded:
        return u"symbolAdded"_s;
    case Change::SymbolRemoved:
        return u"symbolRemoved"_s;
    case Change::NameChanged:
        return u"nameChanged"_s;
    case Change::SizeChanged:
        return u"sizeChanged"_s;
    case Change::LogicalTypeChanged:
        return u"logicalTypeChanged"_s;
    }
    return {};
}

std::vector<AvroDifference> avroDifferences(const AvroSchema& older, const AvroSchema& newer)
{
    return Differ(older, newer).run();
}

} // namespace spillway
