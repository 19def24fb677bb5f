// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/compatibility/randomschemas.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <array>

namespace spillway::test {
using namespace Qt::Literals::StringLiterals;

namespace {

const std::array types{u"string"_s, u"integer"_s, u"number"_s, u"object"_s, u"array"_s, u"boolean"_s, u"null"_s};
const std::array patterns{u"^a"_s, u"b$"_s, u"^[a-c]{1,3}$"_s, u"[0-9]"_s};
const std::array constants{QJsonValue(u"a"_s), QJsonValue(u"ab"_s),          QJsonValue(1),      QJsonValue(2),
                           QJsonValue(true),   QJsonValue(QJsonValue::Null), QJsonValue(u"x"_s), QJsonValue(3)};

QString referenceTo(int number)
{
    return u"#/$defs/d%1"_s.arg(number);
}

} // namespace

QJsonObject RandomSchemas::schema()
{
    QJsonObject root = part(0).toObject();
    if (root.isEmpty())
        root = oneKeyword({{u"type"_s, u"object"_s}}, 0);
    if (perhaps(40)) {
        QJsonObject definitions;
        for (int i = 0; i < 2; ++i)
            definitions.insert(u"d%1"_s.arg(i), part(1));
        root.insert(u"$defs"_s, definitions);
        QJsonObject properties = root.value(u"properties"_s).toObject();
        properties.insert(name(), QJsonObject{{u"$ref"_s, referenceTo(below(2))}});
        root.insert(u"properties"_s, properties);
    } else {
        root.insert(u"$defs"_s, QJsonObject{{u"d0"_s, QJsonObject{{u"type"_s, u"string"_s}}}, {u"d1"_s, true}});
    }
    root.insert(u"$schema"_s, m_draft == Draft::Seven    ? u"http://json-schema.org/draft-07/schema#"_s
                              : m_draft == Draft::Of2019 ? u"https://json-schema.org/draft/2019-09/schema"_s
                                                         : u"https://json-schema.org/draft/2020-12/schema"_s);
    return root;
}

QJsonValue RandomSchemas::part(int depth)
{
    if (depth > 0 && perhaps(6))
        return perhaps(70);
    if (depth > 0 && perhaps(6))
        return QJsonObject{{u"$ref"_s, referenceTo(below(2))}};
    QJsonObject made;
    if (perhaps(depth == 0 ? 90 : 75))
        made.insert(u"type"_s, depth == 0 && perhaps(70)
                                   ? u"object"_s
                                   : types[static_cast<std::size_t>(below(static_cast<int>(types.size())))]);
    else if (perhaps(40))
        made.insert(u"type"_s, QJsonArray{u"string"_s, u"null"_s});
    const int keywords = 1 + below(depth == 0 ? 4 : 3);
    for (int i = 0; i < keywords; ++i)
        made = oneKeyword(made, depth);
    return made;
}

/// Adds or replaces one keyword; mostly one that its type understands.
QJsonObject RandomSchemas::oneKeyword(QJsonObject schema, int depth)
{
    if (m_draft == Draft::Seven && schema.contains(u"$ref"_s))
        return schema; // beside it nothing counts, and ajv counts it all the same
    const QString type = schema.value(u"type"_s).toString();
    const bool isDeep = depth >= 3;
    int choice = below(26);
    if (type == u"object" && perhaps(70))
        choice = below(7);
    else if (type == u"string" && perhaps(80))
        choice = 10 + below(3);
    else if ((type == u"integer" || type == u"number") && perhaps(80))
        choice = 13 + below(4);
    else if (type == u"array" && perhaps(80))
        choice = 7 + below(3);
    switch (choice) {
    case 0:
    case 1: {
        QJsonObject properties = schema.value(u"properties"_s).toObject();
        if (!isDeep)
            properties.insert(name(), part(depth + 1));
        schema.insert(u"properties"_s, properties);
        break;
    }
    case 2: {
        QJsonArray required;
        for (const QChar c : {u'a', u'b', u'c', u'd'}) {
            if (perhaps(30))
                required.append(QString(c));
        }
        schema.insert(u"required"_s, required);
        break;
    }
    case 3:
        schema.insert(u"additionalProperties"_s, perhaps(60) || isDeep ? QJsonValue(perhaps(20)) : part(depth + 1));
        break;
    case 4:
        schema.insert(u"patternProperties"_s,
                      QJsonObject{{perhaps(50) ? u"^a"_s : u"[bc]"_s, isDeep ? QJsonValue(true) : part(depth + 2)}});
        break;
    case 5:
        schema.insert(perhaps(50) ? u"minProperties"_s : u"maxProperties"_s, below(4));
        break;
    case 6:
        if (m_draft == Draft::Seven)
            schema.insert(u"dependencies"_s, QJsonObject{{name(), QJsonArray{name()}}});
        else if (perhaps(60))
            schema.insert(u"dependentRequired"_s, QJsonObject{{name(), QJsonArray{name()}}});
        else
            schema.insert(u"unevaluatedProperties"_s, false);
        break;
    case 7:
        if (isDeep)
            break;
        if (perhaps(60))
            schema.insert(u"items"_s, part(depth + 1));
        else if (m_draft == Draft::Of2020)
            schema.insert(u"prefixItems"_s, QJsonArray{part(depth + 1), part(depth + 1)});
        else if (perhaps(50)) {
            schema.insert(u"items"_s, QJsonArray{part(depth + 1), part(depth + 1)});
            schema.insert(u"additionalItems"_s, perhaps(50));
        }
        break;
    case 8:
        schema.insert(perhaps(50) ? u"minItems"_s : u"maxItems"_s, below(4));
        break;
    case 9:
        if (perhaps(50))
            schema.insert(u"uniqueItems"_s, true);
        else if (!isDeep)
            schema.insert(u"contains"_s, part(depth + 2));
        break;
    case 10:
        schema.insert(u"minLength"_s, below(4));
        break;
    case 11:
        schema.insert(u"maxLength"_s, below(5));
        break;
    case 12:
        schema.insert(u"pattern"_s, patterns[static_cast<std::size_t>(below(static_cast<int>(patterns.size())))]);
        break;
    case 13:
        schema.insert(u"minimum"_s, below(5));
        break;
    case 14:
        schema.insert(u"maximum"_s, below(10));
        break;
    case 15:
        schema.insert(perhaps(50) ? u"exclusiveMinimum"_s : u"exclusiveMaximum"_s, below(6));
        break;
    case 16:
        schema.insert(u"multipleOf"_s, perhaps(30) ? QJsonValue(0.5) : QJsonValue(1 + below(4)));
        break;
    case 17: {
        QJsonArray values;
        for (int i = 0; i < 1 + below(3); ++i) {
            const QJsonValue constant = constants[static_cast<std::size_t>(below(static_cast<int>(constants.size())))];
            if (!values.contains(constant))
                values.append(constant);
        }
        schema.insert(u"enum"_s, values);
        break;
    }
    case 18:
        schema.insert(u"const"_s, constants[static_cast<std::size_t>(below(static_cast<int>(constants.size())))]);
        break;
    case 19:
    case 20:
    case 21: {
        if (isDeep)
            break;
        QJsonArray branches;
        for (int i = 0; i < 1 + below(3); ++i)
            branches.append(part(depth + 1));
        schema.insert(choice == 19 ? u"anyOf"_s : choice == 20 ? u"oneOf"_s : u"allOf"_s, branches);
        break;
    }
    case 22:
        if (!isDeep)
            schema.insert(u"not"_s, part(depth + 2));
        break;
    case 23:
        if (isDeep)
            break;
        schema.insert(u"if"_s, part(depth + 2));
        if (perhaps(70))
            schema.insert(u"then"_s, part(depth + 2));
        if (perhaps(50))
            schema.insert(u"else"_s, part(depth + 2));
        break;
    case 24:
        if (!isDeep)
            schema.insert(u"propertyNames"_s, part(depth + 2));
        break;
    default:
        schema.insert(u"title"_s, name());
        break;
    }
    return schema;
}

QJsonObject RandomSchemas::changed(const QJsonObject& schema)
{
    QJsonObject root = schema;
    for (int i = 0; i < 1 + below(3); ++i)
        root = change(root, 0).toObject();
    root.insert(u"$schema"_s, schema.value(u"$schema"_s));
    if (!root.contains(u"$defs"_s))
        root.insert(u"$defs"_s, schema.value(u"$defs"_s));
    return root;
}

QJsonValue RandomSchemas::change(const QJsonValue& value, int depth)
{
    if (!value.isObject())
        return part(std::min(depth, 3));
    QJsonObject schema = value.toObject();
    // Somewhere below, or here.
    if (perhaps(60)) {
        QStringList inner;
        for (const QString& key : schema.keys()) {
            if (schema.value(key).isObject() && key != u"const" && key != u"dependentRequired" &&
                key != u"dependencies")
                inner += key;
            else if (schema.value(key).isArray() && (key.endsWith(u"Of") || key == u"prefixItems"))
                inner += key;
        }
        if (!inner.isEmpty()) {
            const QString key = inner[below(static_cast<int>(inner.size()))];
            if (schema.value(key).isArray()) {
                QJsonArray parts = schema.value(key).toArray();
                const int at = below(static_cast<int>(parts.size()));
                if (perhaps(20) && parts.size() > 1)
                    parts.removeAt(at);
                else if (perhaps(20))
                    parts.append(part(2));
                else
                    parts[at] = change(parts[at], depth + 1);
                schema.insert(key, parts);
                return schema;
            }
            if (key == u"properties" || key == u"patternProperties" || key == u"$defs") {
                QJsonObject parts = schema.value(key).toObject();
                if (!parts.isEmpty()) {
                    const QString at = parts.keys()[below(static_cast<int>(parts.size()))];
                    if (key != u"$defs" && perhaps(20))
                        parts.remove(at);
                    else
                        parts.insert(at, change(parts.value(at), depth + 1));
                    schema.insert(key, parts);
                    return schema;
                }
            }
            schema.insert(key, change(schema.value(key), depth + 1));
            return schema;
        }
    }
    const QStringList keys = schema.keys();
    if (perhaps(30) && !keys.isEmpty()) {
        const QString key = keys[below(static_cast<int>(keys.size()))];
        if (key != u"$schema" && key != u"$defs" && key != u"$ref")
            schema.remove(key);
        return schema;
    }
    if (perhaps(25) && !keys.isEmpty()) {
        const QString key = keys[below(static_cast<int>(keys.size()))];
        if (schema.value(key).isDouble() && key != u"multipleOf" && key != u"const")
            schema.insert(key, std::max(0, schema.value(key).toInt() + (perhaps(50) ? 1 : -1)));
        return schema;
    }
    return oneKeyword(schema, std::min(depth, 3));
}

QJsonValue RandomSchemas::document(const QJsonObject& schema)
{
    return value(schema, schema, 0);
}

QJsonValue RandomSchemas::value(const QJsonValue& of, const QJsonObject& root, int depth)
{
    if (!of.isObject() || depth > 6 || perhaps(6))
        return anyValue(depth);
    const QJsonObject schema = of.toObject();
    if (schema.contains(u"$ref"_s))
        return value(root.value(u"$defs"_s).toObject().value(schema.value(u"$ref"_s).toString().section(u'/', -1)),
                     root, depth + 1);
    if (schema.contains(u"const"_s) && perhaps(85))
        return schema.value(u"const"_s);
    const QJsonArray values = schema.value(u"enum"_s).toArray();
    if (!values.isEmpty() && perhaps(85))
        return values[below(static_cast<int>(values.size()))];
    for (const QString& key : {u"anyOf"_s, u"oneOf"_s}) {
        const QJsonArray branches = schema.value(key).toArray();
        if (!branches.isEmpty() && perhaps(50))
            return value(branches[below(static_cast<int>(branches.size()))], root, depth + 1);
    }
    QString type = schema.value(u"type"_s).toString();
    if (type.isEmpty() && schema.contains(u"type"_s))
        type = perhaps(50) ? u"string"_s : u"null"_s;
    if (type.isEmpty())
        type = schema.contains(u"properties"_s) || schema.contains(u"required"_s) ? u"object"_s
               : schema.contains(u"items"_s)                                      ? u"array"_s
                                             : types[static_cast<std::size_t>(below(static_cast<int>(types.size())))];
    if (type == u"object") {
        QJsonObject made;
        const QJsonObject properties = schema.value(u"properties"_s).toObject();
        const QJsonArray required = schema.value(u"required"_s).toArray();
        for (const QChar c : {u'a', u'b', u'c', u'd', u'e'}) {
            const QString key(c);
            const bool isWanted = required.contains(key) ? perhaps(95) : perhaps(properties.contains(key) ? 50 : 10);
            if (isWanted)
                made.insert(key, properties.contains(key) ? value(properties.value(key), root, depth + 1)
                                                          : anyValue(depth + 1));
        }
        return made;
    }
    if (type == u"array") {
        QJsonArray made;
        const int size = schema.value(u"minItems"_s).toInt() + below(3);
        for (int i = 0; i < size; ++i)
            made.append(value(schema.value(u"items"_s), root, depth + 1));
        return made;
    }
    if (type == u"string")
        return QString(u"abc1xab"_s).mid(below(4), schema.value(u"minLength"_s).toInt() + below(3));
    if (type == u"integer")
        return schema.value(u"minimum"_s).toInt() + below(6) - 1;
    if (type == u"number")
        return schema.value(u"minimum"_s).toInt() + below(12) * 0.5 - 0.5;
    if (type == u"boolean")
        return perhaps(50);
    return QJsonValue::Null;
}

QJsonValue RandomSchemas::anyValue(int depth)
{
    switch (below(depth > 3 ? 6 : 8)) {
    case 0:
        return QJsonValue::Null;
    case 1:
        return perhaps(50);
    case 2:
        return below(6) - 1;
    case 3:
        return below(6) + 0.5;
    case 4:
        return u"abcx"_s.mid(below(3), 1 + below(2));
    case 5:
        return u""_s;
    case 6: {
        QJsonArray made;
        for (int i = 0; i < below(3); ++i)
            made.append(anyValue(depth + 1));
        return made;
    }
    default: {
        QJsonObject made;
        for (int i = 0; i < below(3); ++i)
            made.insert(name(), anyValue(depth + 1));
        return made;
    }
    }
}

QByteArray jsonOf(const QJsonValue& value)
{
    const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return list.sliced(1, list.size() - 2);
}

SchemaVersion randomVersion(const QJsonObject& schema, int number)
{
    return {.eventType = u"random"_s,
            .version = number,
            .file = u"random.v%1.json"_s.arg(number),
            .text = jsonOf(schema),
            .uri = u"file:///random.v%1.json"_s.arg(number)};
}

} // namespace spillway::test
