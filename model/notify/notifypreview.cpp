// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/notify/notifypreview.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace spillway {

QString notificationText(const NotifyMessage& message)
{
    const QJsonObject body = QJsonDocument::fromJson(message.body).object();
    QStringList parts;
    if (message.kind == NotifyTarget::Kind::Slack) {
        // Blocks as news.cpp makes them: a header, sections, and our own mark, which says nothing to people.
        for (const QJsonValue& block : body[u"blocks"].toArray()) {
            if (block[u"type"].toString() != u"context")
                parts += block[u"text"][u"text"].toString();
        }
    } else {
        parts = {body[u"title"].toString(), body[u"text"].toString()};
    }
    return parts.join(QStringLiteral("\n\n"));
}

} // namespace spillway
