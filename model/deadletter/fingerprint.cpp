// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/fingerprint.h"

#include <QCryptographicHash>
#include <QtEndian>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestTitleMessage = 120;
constexpr int idVersion = 4; // how parts become an id

void addNumber(QCryptographicHash& hash, qint64 number)
{
    const qint64 big = qToBigEndian(number);
    hash.addData(QByteArrayView(reinterpret_cast<const char*>(&big), sizeof big));
}

/// Length-prefixed, with -1 for unknown, so that no two sets of parts share their bytes.
void addPart(QCryptographicHash& hash, const std::optional<QString>& part)
{
    const QByteArray utf8 = part ? part->toUtf8() : QByteArray();
    addNumber(hash, part ? utf8.size() : -1);
    hash.addData(utf8);
}

/// `com.acme.Outer$Inner` -> `Inner`; a trailing number is an anonymous class and stays with its outer one.
/// `Acme::StockError`, `Acme\StockError` -> `StockError`
QString simpleName(const QString& className)
{
    QString last = className.section(u'.', -1);
    if (const qsizetype space = std::max(last.lastIndexOf(u"::"_s), last.lastIndexOf(u'\\') - 1); space >= 0)
        last = last.sliced(space + 2);
    const QString inner = last.section(u'$', -1);
    const bool isName = !inner.isEmpty() && !inner.front().isDigit();
    return isName ? inner : last;
}

/// `com.acme.Billing.on` -> `Billing.on`; `orders/stock.py:take` -> `stock.py:take`
QString shortFrame(const QString& frame)
{
    const qsizetype folder = frame.left(frame.indexOf(u':')).lastIndexOf(u'/');
    if (folder >= 0 || frame.contains(u':'))
        return frame.sliced(folder + 1);
    return frame.section(u'.', -2);
}

} // namespace

QString groupId(const FingerprintParts& parts)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    addNumber(hash, idVersion);
    addPart(hash, parts.fixed);
    if (!parts.fixed) {
        for (const auto* part : {&parts.rootCause, &parts.frame, &parts.message, &parts.eventType, &parts.consumer})
            addPart(hash, *part);
    }
    return u'g' + QString::fromLatin1(hash.result().first(6).toHex());
}

QString groupTitle(const FingerprintParts& parts)
{
    if (parts.fixed)
        return *parts.fixed;
    QString title = parts.rootCause ? simpleName(*parts.rootCause) : u"Error not told"_s;
    if (parts.message)
        return title + u": "_s +
               (parts.message->size() <= longestTitleMessage ? *parts.message
                                                             : parts.message->first(longestTitleMessage) + u'…');
    if (parts.frame)
        return title + u" in "_s + shortFrame(*parts.frame);
    if (parts.consumer)
        title += u" in "_s + *parts.consumer;
    if (parts.eventType)
        title += u" on "_s + *parts.eventType;
    return title;
}

} // namespace spillway
