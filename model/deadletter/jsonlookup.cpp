// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/jsonlookup.h"

#include "model/deadletter/jsontree.h"
#include "model/deadletter/soundjson.h"

#include <QList>

#include <simdjson.h>

#include <cstring>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using simdjson::ondemand::value;

constexpr std::size_t deepestPath = 64;

/// Parser and padded copy of one thread; the copy is given back when one huge payload made it large.
struct Workbench
{
    simdjson::ondemand::parser parser;
    QByteArray padded;
    std::string unescaped; // of a text that was walked to

    simdjson::simdjson_result<simdjson::ondemand::document> open(QByteArrayView json)
    {
        const qsizetype needed = json.size() + qsizetype{simdjson::SIMDJSON_PADDING};
        if (padded.size() < needed || padded.size() > 4 * needed + (1 << 20))
            padded = QByteArray(needed + needed / 2, Qt::Uninitialized);
        std::memcpy(padded.data(), json.data(), static_cast<std::size_t>(json.size()));
        std::memset(padded.data() + json.size(), 0, simdjson::SIMDJSON_PADDING);
        return parser.iterate(padded.constData(), static_cast<std::size_t>(json.size()),
                              static_cast<std::size_t>(padded.size()));
    }
};

Workbench& workbench()
{
    thread_local Workbench bench;
    return bench;
}

/// As .NET and some editors write it; no part of the document.
QByteArrayView withoutMark(QByteArrayView json)
{
    constexpr QByteArrayView mark("\xEF\xBB\xBF");
    return json.startsWith(mark) ? json.sliced(mark.size()) : json;
}

bool mayBeJson(QByteArrayView json)
{
    return json.size() >= 2;
}

QString fromView(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

std::string_view trimmed(std::string_view token)
{
    while (!token.empty() &&
           (token.back() == ' ' || token.back() == '\n' || token.back() == '\t' || token.back() == '\r'))
        token.remove_suffix(1);
    return token;
}

using Steps = std::span<const JsonPathReader::Step>;

std::optional<JsonScalarView> scalarOf(simdjson::simdjson_result<value> found)
{
    simdjson::ondemand::json_type type{};
    if (found.type().get(type))
        return std::nullopt;
    switch (type) {
    case simdjson::ondemand::json_type::string: {
        std::string_view text;
        if (found.get_string().get(text))
            return std::nullopt;
        return JsonScalarView{JsonScalar::Type::Text, text};
    }
    case simdjson::ondemand::json_type::number: {
        std::string_view token;
        if (found.raw_json_token().get(token))
            return std::nullopt;
        return JsonScalarView{JsonScalar::Type::Number, trimmed(token)};
    }
    case simdjson::ondemand::json_type::boolean: {
        bool yes = false;
        if (found.get_bool().get(yes))
            return std::nullopt;
        return yes ? JsonScalarView{JsonScalar::Type::True, "true"} : JsonScalarView{JsonScalar::Type::False, "false"};
    }
    case simdjson::ondemand::json_type::null: {
        bool isNull = false;
        if (found.is_null().get(isNull) || !isNull)
            return std::nullopt;
        return JsonScalarView{JsonScalar::Type::Null, "null"};
    }
    case simdjson::ondemand::json_type::array:
    case simdjson::ondemand::json_type::object:
        return std::nullopt;
    }
    return std::nullopt;
}

std::optional<JsonScalarView> descend(simdjson::simdjson_result<value> at, Steps steps);

std::optional<JsonScalarView> intoObject(simdjson::ondemand::object object, Steps steps)
{
    std::optional<JsonScalarView> last;
    for (auto field : object) {
        std::string_view key;
        if (field.unescaped_key().get(key))
            return std::nullopt;
        if (key == steps.front().key)
            last = descend(field.value(), steps.subspan(1));
    }
    return last;
}

std::optional<JsonScalarView> intoArray(simdjson::ondemand::array array, Steps steps)
{
    const std::size_t wanted = *steps.front().index;
    std::size_t i = 0;
    for (auto element : array) {
        if (element.error())
            return std::nullopt;
        if (i++ == wanted)
            return descend(element, steps.subspan(1));
    }
    return std::nullopt;
}

std::optional<JsonScalarView> descend(simdjson::simdjson_result<value> at, Steps steps)
{
    if (at.error())
        return std::nullopt;
    if (steps.empty())
        return scalarOf(at);
    simdjson::ondemand::json_type type{};
    if (at.type().get(type))
        return std::nullopt;
    if (type == simdjson::ondemand::json_type::object) {
        simdjson::ondemand::object object;
        if (at.get_object().get(object))
            return std::nullopt;
        return intoObject(object, steps);
    }
    if (type == simdjson::ondemand::json_type::array && steps.front().index) {
        simdjson::ondemand::array array;
        if (at.get_array().get(array))
            return std::nullopt;
        return intoArray(array, steps);
    }
    return std::nullopt;
}

/// What stands at `path` of a large document, as scalarOf says it.
std::optional<JsonScalarView> walkTo(const SoundJson& json, const JsonPath& path)
{
    const auto token = json.at(path);
    if (!token || token->front() == '{' || token->front() == '[')
        return std::nullopt;
    const std::string_view bytes(token->data(), static_cast<std::size_t>(token->size()));
    if (bytes == "true")
        return JsonScalarView{JsonScalar::Type::True, bytes};
    if (bytes == "false")
        return JsonScalarView{JsonScalar::Type::False, bytes};
    if (bytes == "null")
        return JsonScalarView{JsonScalar::Type::Null, bytes};
    if (bytes.front() != '"')
        return JsonScalarView{JsonScalar::Type::Number, bytes};
    if (bytes.find('\\') == std::string_view::npos)
        return JsonScalarView{JsonScalar::Type::Text, bytes.substr(1, bytes.size() - 2)};
    if (hasLoneSurrogate(*token))
        return std::nullopt;
    std::string& text = workbench().unescaped;
    text = unescapedJson(*token).toStdString();
    return JsonScalarView{JsonScalar::Type::Text, text};
}

constexpr std::size_t longestFirstText = 4096;

/// firstTextField of a large document.
std::optional<QString> walkToFirstText(QByteArrayView bytes, std::span<const QByteArrayView> names)
{
    const auto json = SoundJson::of(bytes);
    for (const QByteArrayView name : json ? names : std::span<const QByteArrayView>()) {
        const auto found = walkTo(*json, {JsonStep{QString::fromUtf8(name), std::nullopt}});
        if (found && found->type == JsonScalar::Type::Text && !found->text.empty() &&
            found->text.size() <= longestFirstText)
            return fromView(found->text);
    }
    return std::nullopt;
}

} // namespace

JsonPathReader::JsonPathReader(const JsonPath& path)
    : m_path(path)
{
    for (const JsonStep& step : path)
        m_steps.push_back({step.key.toStdString(), step.index});
}

std::optional<JsonScalarView> JsonPathReader::read(QByteArrayView bytes) const
{
    const QByteArrayView json = withoutMark(bytes);
    if (!mayBeJson(json) || m_steps.empty() || m_steps.size() > deepestPath)
        return std::nullopt;
    if (json.size() > largestIndexedJson) {
        const auto sound = SoundJson::of(json);
        return sound ? walkTo(*sound, m_path) : std::nullopt;
    }
    try {
        simdjson::ondemand::document document;
        if (workbench().open(json).get(document))
            return std::nullopt;
        simdjson::ondemand::json_type type{};
        if (document.type().get(type))
            return std::nullopt;
        if (type == simdjson::ondemand::json_type::object) {
            simdjson::ondemand::object object;
            return document.get_object().get(object) ? std::nullopt : intoObject(object, m_steps);
        }
        if (type == simdjson::ondemand::json_type::array && m_steps.front().index) {
            simdjson::ondemand::array array;
            return document.get_array().get(array) ? std::nullopt : intoArray(array, m_steps);
        }
    } catch (const simdjson::simdjson_error&) {
        // The library's iterators throw on what its results report; both mean the same here.
    }
    return std::nullopt;
}

std::optional<JsonScalar> jsonValue(QByteArrayView json, const JsonPath& path)
{
    const auto found = JsonPathReader(path).read(json);
    return found ? std::optional(JsonScalar{found->type, fromView(found->text)}) : std::nullopt;
}

std::optional<QString> firstTextField(QByteArrayView bytes, std::span<const QByteArrayView> names)
{
    const QByteArrayView json = withoutMark(bytes);
    if (!mayBeJson(json) || names.size() > 8)
        return std::nullopt;
    if (json.size() > largestIndexedJson)
        return walkToFirstText(json, names);
    try {
        simdjson::ondemand::document document;
        simdjson::ondemand::object object;
        if (workbench().open(json).get(document) || document.get_object().get(object))
            return std::nullopt;
        std::optional<QString> found[8];
        for (auto field : object) {
            std::string_view key;
            if (field.unescaped_key().get(key))
                break;
            for (std::size_t i = 0; i < names.size(); ++i) {
                if (key != std::string_view(names[i].data(), static_cast<std::size_t>(names[i].size())))
                    continue;
                std::string_view text;
                if (!field.value().get_string().get(text) && !text.empty() && text.size() <= longestFirstText)
                    found[i] = fromView(text);
                else
                    found[i].reset();
            }
        }
        for (std::optional<QString>& text : found) {
            if (text)
                return text;
        }
    } catch (const simdjson::simdjson_error&) {
        // Cut off or broken: what the document tells cannot be trusted.
    }
    return std::nullopt;
}

std::optional<JsonPath> parseJsonPointer(QStringView pointer)
{
    if (!pointer.startsWith(u'/'))
        return std::nullopt;
    JsonPath path;
    for (const QStringView part : pointer.sliced(1).split(u'/')) {
        JsonStep step;
        step.key = part.toString().replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
        bool isIndex = false;
        const uint index = part.toUInt(&isIndex);
        if (isIndex)
            step.index = index;
        path.push_back(std::move(step));
    }
    return path;
}

std::optional<JsonScalar> jsonPointerValue(QByteArrayView json, const QString& pointer)
{
    const auto path = parseJsonPointer(pointer);
    return path ? jsonValue(json, *path) : std::nullopt;
}

} // namespace spillway
