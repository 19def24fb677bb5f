// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/jsonedit.h"

#include "model/base/jsonwriter.h"
#include "model/schema/jsontape.h"

namespace spillway {

namespace {

struct Member
{
    std::string name;
    QByteArray value;
};

std::vector<Member> membersOf(const QByteArray& object)
{
    std::vector<Member> members;
    JsonTape tape;
    if (!tape.parse(object) || tape[0].kind != JsonKind::Object)
        return members;
    for (std::uint32_t i = 1; i < tape[0].end; i = tape[i + 1].end)
        members.push_back({std::string(tape.text(i)), tape.token(i + 1).toByteArray()});
    return members;
}

QByteArray objectOf(const std::vector<Member>& members)
{
    QByteArray json = "{";
    for (const Member& member : members) {
        if (json.size() > 1)
            json += ',';
        json += jsonText(member.name) + ':' + member.value;
    }
    return json + '}';
}

} // namespace

QByteArray jsonText(std::string_view text)
{
    JsonWriter writer;
    writer.value(QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())));
    return writer.json();
}

bool isJsonObject(const QByteArray& json)
{
    return json.startsWith('{');
}

bool isJsonArray(const QByteArray& json)
{
    return json.startsWith('[');
}

std::vector<std::pair<std::string, QByteArray>> membersOfObject(const QByteArray& object)
{
    std::vector<std::pair<std::string, QByteArray>> members;
    for (Member& member : membersOf(object))
        members.emplace_back(std::move(member.name), std::move(member.value));
    return members;
}

std::optional<std::string> textOfJson(const QByteArray& json)
{
    JsonTape tape;
    if (!json.startsWith('"') || !tape.parse(json))
        return std::nullopt;
    return std::string(tape.text(0));
}

std::vector<std::string> memberNames(const QByteArray& object)
{
    std::vector<std::string> names;
    for (Member& member : membersOf(object))
        names.push_back(std::move(member.name));
    return names;
}

QByteArray withMember(const QByteArray& object, std::string_view name, const QByteArray& value)
{
    if (!isJsonObject(object))
        return object;
    auto members = membersOf(object);
    bool isThere = false;
    for (Member& member : members) {
        if (member.name == name) {
            member.value = value;
            isThere = true;
        }
    }
    if (!isThere)
        members.push_back({std::string(name), value});
    return objectOf(members);
}

QByteArray withoutMember(const QByteArray& object, std::string_view name)
{
    if (!isJsonObject(object))
        return object;
    auto members = membersOf(object);
    std::erase_if(members, [&](const Member& member) { return member.name == name; });
    return objectOf(members);
}

std::vector<QByteArray> elementsOf(const QByteArray& array)
{
    std::vector<QByteArray> elements;
    JsonTape tape;
    if (!tape.parse(array) || tape[0].kind != JsonKind::Array)
        return elements;
    for (std::uint32_t i = 1; i < tape[0].end; i = tape[i].end)
        elements.push_back(tape.token(i).toByteArray());
    return elements;
}

QByteArray arrayOf(const std::vector<QByteArray>& elements)
{
    QByteArray json = "[";
    for (const QByteArray& element : elements) {
        if (json.size() > 1)
            json += ',';
        json += element;
    }
    return json + ']';
}

} // namespace spillway
