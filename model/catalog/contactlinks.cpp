// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/contactlinks.h"

#include "model/workspace/yamlreader.h"

#include <QFile>
#include <QUrl>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QLatin1StringView placeholder("{name}");

bool isWebAddress(const QString& text)
{
    const QUrl url(text, QUrl::StrictMode);
    return url.isValid() && (url.scheme() == u"https" || url.scheme() == u"http") && !url.host().isEmpty();
}

QString addressOf(const QString& pattern, QString name)
{
    if (isWebAddress(name))
        return name;
    if (pattern.isEmpty() || name.isEmpty())
        return {};
    if (name.startsWith(u'#'))
        name.remove(0, 1);
    return QString(pattern).replace(placeholder, QString::fromLatin1(QUrl::toPercentEncoding(name)));
}

void readPattern(MapReader& map, const QString& key, QString& into)
{
    const YamlNode* node = map.child(key);
    if (!node)
        return;
    const auto text = readText(*node, map.whatOf(key), map.issues());
    if (!text)
        return;
    if (!isWebAddress(QString(*text).replace(placeholder, u"name"_s)))
        map.issues().error(*node, u"%1 is no web address"_s.arg(map.whatOf(key)),
                           u"write one like https://example.com/oncall/{name}"_s);
    else if (!text->contains(placeholder))
        map.issues().error(*node, u"%1 does not say where the name goes"_s.arg(map.whatOf(key)),
                           u"put {name} into it, like https://example.com/oncall/{name}"_s);
    else
        into = *text;
}

} // namespace

std::vector<Contact> ContactLinks::contactsOf(const ProducerEntry& producer) const
{
    std::vector<Contact> contacts;
    if (!producer.oncallRotation.isEmpty())
        contacts.push_back({.kind = Contact::Kind::OnCall,
                            .name = producer.oncallRotation,
                            .address = addressOf(oncallRotation, producer.oncallRotation)});
    if (!producer.slackChannel.isEmpty())
        contacts.push_back({.kind = Contact::Kind::Channel,
                            .name = producer.slackChannel,
                            .address = addressOf(slackChannel, producer.slackChannel)});
    return contacts;
}

Checked<ContactLinks> readContactLinks(const Workspace& workspace)
{
    ContactLinks links;
    const QString file = workspace.folder + u"/contacts.yaml"_s;
    if (workspace.folder.isEmpty() || !QFile::exists(file))
        return {links, {}};
    const Checked<YamlDocument> document = readYamlFile(file);
    if (!document.value)
        return {std::nullopt, document.issues};
    IssueList issues(file);
    links.file = file;
    MapReader map(*document.value->root, u"the contacts file"_s, issues);
    readPattern(map, u"oncall_rotation"_s, links.oncallRotation);
    readPattern(map, u"slack_channel"_s, links.slackChannel);
    map.finish();
    Checked<ContactLinks> checked{std::nullopt, issues.take()};
    if (!hasErrors(checked.issues))
        checked.value = std::move(links);
    return checked;
}

} // namespace spillway
