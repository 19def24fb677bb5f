// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/jsonlookup.h"

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

bool mayBeJson(QByteArrayView json)
{
    return json.size() >= 2 && json.size() <= largestSearchedJson;
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

} // namespace

JsonPathReader::JsonPathReader(const JsonPath& path)
{
    for (const JsonStep& step : path)
        m_steps.push_back({step.key.toStdString(), step.index});
}

std::optional<JsonScalarView> JsonPathReader::read(QByteArrayView json) const
{
    if (!mayBeJson(json) || m_steps.empty() || m_steps.size() > deepestPath)
        return std::nullopt;
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

std::optional<QString> firstTextField(QByteArrayView json, std::span<const QByteArrayView> names)
{
    if (!mayBeJson(json) || names.size() > 8)
        return std::nullopt;
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
                if (!field.value().get_string().get(text) && !text.empty() && text.size() <= 4096)
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
