// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replaypermission.h"

#include "model/base/text.h"

#include <QSet>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QSet<QString> namesIn(const QString& list)
{
    QSet<QString> names;
    const QStringList parts = list.split(u',', Qt::SkipEmptyParts);
    for (const QString& part : parts)
        names.insert(part.trimmed());
    return names;
}

} // namespace

Status permitReplay(const IntendedWrite& intended, Environment environment, const WritePermission& permission)
{
    const QString topics = visibleText(intended.targets.join(u", "_s));
    const QString would = u"this would send %1 %2 to %3 (%4)"_s.arg(
        formatCount(intended.messages), intended.messages == 1 ? u"message"_s : u"messages"_s, topics, intended.guarantee);
    QStringList missing;
    if (!permission.write)
        missing += u"--write"_s;
    if (environment == Environment::Production) {
        if (namesIn(permission.confirm) != QSet<QString>(intended.targets.begin(), intended.targets.end()))
            missing += u"--confirm '%1'"_s.arg(visibleText(intended.targets.join(u',')));
        if (permission.reason.trimmed().isEmpty())
            missing += u"--reason TEXT"_s;
    }
    if (missing.isEmpty())
        return {};
    const QString where = environment == Environment::Production ? u" in production"_s : QString();
    return fail(ErrorCode::InvalidConfig, u"%1%2; nothing was sent. To send, add %3"_s.arg(would, where, missing.join(u' ')));
}

} // namespace spillway
