// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/notify/news.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestBlock = 3'000;
constexpr qsizetype longestText = 12'000;

bool isFor(const NotifyTarget& target, const QString& team, const QStringList& channels)
{
    if (target.channels.isEmpty() && target.teams.isEmpty())
        return true;
    return target.teams.contains(team) || std::any_of(channels.begin(), channels.end(), [&](const QString& channel) {
               return target.channels.contains(channel);
           });
}

/// The channel by which a target was found; for a target of everybody the first.
QString channelOf(const NotifyTarget& target, const News& news)
{
    for (const QString& channel : news.channels) {
        if (target.channels.contains(channel))
            return channel;
    }
    return news.channels.value(0);
}

/// At a line's end where there is one, never within a character.
QString cut(const QString& text, qsizetype most)
{
    if (text.size() <= most)
        return text;
    qsizetype end = text.lastIndexOf(u'\n', most - 2);
    if (end < most / 2)
        end = most - 2;
    if (text[end - 1].isHighSurrogate())
        --end;
    return text.first(end) + u"\n…"_s;
}

void plainBlock(JsonWriter& json, const char16_t* type, const QString& text)
{
    // plain_text: Slack reads no markup, no link and no mention in it.
    json.beginObject().field(u"type", QString::fromUtf16(type));
    json.key(u"text").beginObject().field(u"type", u"plain_text"_s).field(u"text", text).field(u"emoji", false);
    json.endObject().endObject();
}

} // namespace

QByteArray slackBody(const News& news, const QString& id)
{
    const QString title = visibleText(news.title);
    QString text;
    for (const QString& line : news.lines)
        text += visibleText(line) + u'\n';
    text = cut(text.trimmed(), longestText);
    // The fallback of notifications does read markup.
    QString fallback = title;
    fallback.replace(u'&', u"&amp;"_s).replace(u'<', u"&lt;"_s).replace(u'>', u"&gt;"_s);
    JsonWriter json;
    json.beginObject().field(u"text", fallback);
    json.key(u"blocks").beginArray();
    plainBlock(json, u"header", cut(title, 150));
    while (!text.isEmpty()) {
        qsizetype end = text.size();
        if (end > longestBlock) {
            end = text.lastIndexOf(u'\n', longestBlock);
            if (end <= 0)
                end = longestBlock - (text[longestBlock - 1].isHighSurrogate() ? 1 : 0);
        }
        plainBlock(json, u"section", text.first(end));
        text = text.sliced(end).trimmed();
    }
    json.beginObject().field(u"type", u"context"_s);
    json.key(u"elements").beginArray().beginObject();
    json.field(u"type", u"plain_text"_s).field(u"text", u"Spillway, message %1"_s.arg(id)).field(u"emoji", false);
    json.endObject().endArray().endObject();
    json.endArray().endObject();
    return json.json();
}

QByteArray webhookBody(const News& news, const QString& id)
{
    JsonWriter json;
    json.beginObject()
        .field(u"id", id)
        .field(u"type", news.type)
        .field(u"occasion", news.occasion)
        .field(u"team", news.team);
    json.key(u"channels").beginArray();
    for (const QString& channel : news.channels)
        json.value(channel);
    json.endArray().field(u"title", news.title).field(u"text", news.lines.join(u'\n'));
    json.key(u"facts").raw(news.facts.isEmpty() ? QByteArray("{}") : news.facts);
    json.endObject();
    return json.json();
}

bool reachesAnybody(const QString& team, const QStringList& channels, const std::vector<NotifyTarget>& targets)
{
    return std::any_of(targets.begin(), targets.end(),
                       [&](const NotifyTarget& target) { return isFor(target, team, channels); });
}

AddressedNews addressNews(const std::vector<News>& news, const std::vector<NotifyTarget>& targets)
{
    AddressedNews addressed;
    for (const News& each : news) {
        bool isReached = false;
        for (const NotifyTarget& target : targets) {
            if (!isFor(target, each.team, each.channels))
                continue;
            isReached = true;
            NotifyMessage message{.id = notifyId(each.occasion, each.identity, target.name, each.team),
                                  .occasion = each.occasion,
                                  .target = target.name,
                                  .kind = target.kind,
                                  .team = each.team,
                                  .channel = channelOf(target, each),
                                  .body = {}};
            message.body =
                target.kind == NotifyTarget::Kind::Slack ? slackBody(each, message.id) : webhookBody(each, message.id);
            const auto isSame = [&](const NotifyMessage& other) { return other.id == message.id; };
            if (std::none_of(addressed.messages.begin(), addressed.messages.end(), isSame))
                addressed.messages.push_back(std::move(message));
        }
        if (!isReached && !addressed.unreached.contains(each.team))
            addressed.unreached += each.team;
    }
    return addressed;
}

} // namespace spillway
