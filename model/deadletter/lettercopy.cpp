// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/lettercopy.h"

#include "model/base/text.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestArgument = 100'000; // Linux takes 128 KiB for one

/// For a POSIX shell, whatever stands in it: nothing is special between single quotes.
QString quoted(const QString& text)
{
    QString inner = text;
    return u'\'' + inner.replace(u"'"_s, u"'\\''"_s) + u'\'';
}

bool fitsIntoAnArgument(const QByteArray& bytes)
{
    return isUtf8(bytes) && !bytes.contains('\0') && bytes.size() <= longestArgument;
}

} // namespace

CopiedLine kcatLine(const DeadLetter& letter, const QString& bootstrap, const QString& topic)
{
    CopiedLine copied;
    const RawRecord& record = letter.record;
    QStringList arguments{u"kcat -P -b %1 -t %2"_s.arg(quoted(bootstrap), quoted(topic))};
    if (record.key && record.key->isEmpty()) {
        copied.missing << u"the key is empty; kcat would send none"_s;
    } else if (record.key && fitsIntoAnArgument(*record.key)) { // without -k it is null
        arguments << u"-k "_s + quoted(QString::fromUtf8(*record.key));
    } else if (record.key) {
        copied.missing << u"the key is binary or too long for a command line: it is left out"_s;
    }
    int binary = 0;
    int unnamed = 0;
    for (const Header& header : record.headers) {
        if (header.name.isEmpty() || header.name.contains('=') || !fitsIntoAnArgument(header.name))
            ++unnamed;
        else if (!header.value)
            arguments << u"-H "_s + quoted(QString::fromUtf8(header.name)); // kcat: null without a sign
        else if (fitsIntoAnArgument(*header.value))
            arguments << u"-H "_s + quoted(QString::fromUtf8(header.name + '=' + *header.value));
        else
            ++binary;
    }
    if (binary > 0)
        copied.missing << u"%1 headers are binary: they are left out"_s.arg(binary);
    if (unnamed > 0)
        copied.missing << u"%1 headers have names that kcat cannot take: they are left out"_s.arg(unnamed);
    if (letter.facts.isPointer)
        copied.missing << u"the payload stayed elsewhere; there is nothing to send"_s;
    if (!record.value) {
        // An empty line is a null payload to kcat with -Z.
        copied.line = u"echo | "_s + arguments.join(u' ') + u" -Z"_s;
        return copied;
    }
    if (record.value->isEmpty())
        copied.missing << u"the payload is empty; kcat cannot send an empty one that is not null"_s;
    copied.line = u"spillwayctl dlq show %1 --raw > %1.payload && %2 %1.payload"_s.arg(letter.id, arguments.join(u' '));
    return copied;
}

QString showLine(const DeadLetter& letter)
{
    return u"spillwayctl dlq show %1"_s.arg(letter.id);
}

} // namespace spillway
