// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/lettercopy.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "model/base/utf8text.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestArgument = 100'000; // Linux takes 128 KiB for one

bool fitsIntoAnArgument(const QByteArray& bytes)
{
    return isUtf8(bytes) && !bytes.contains('\0') && bytes.size() <= longestArgument;
}

} // namespace

CopiedLine kcatLine(const DeadLetter& letter, const QString& bootstrap, const QString& topic)
{
    CopiedLine copied;
    const RawRecord& record = letter.record;
    QStringList arguments{u"kcat -P -b %1 -t %2"_s.arg(shellQuoted(bootstrap), shellQuoted(topic))};
    QString key;
    if (record.key && record.key->isEmpty())
        copied.missing << u"the key is empty; kcat would send none"_s;
    else if (record.key && !fitsIntoAnArgument(*record.key))
        copied.missing << u"the key is binary or too long for a command line: it is left out"_s;
    else if (record.key)
        key = exactText(*record.key);
    if (!record.value && (key.contains(u'\t') || key.contains(u'\n'))) {
        copied.missing << u"the key holds a tab or a line feed, which ends it in kcat's input: it is left out"_s;
        key.clear();
    }
    if (record.value && !key.isEmpty())
        arguments << u"-k "_s + shellQuoted(key);
    int binary = 0;
    int unnamed = 0;
    for (const Header& header : record.headers) {
        if (header.name.isEmpty() || header.name.contains('=') || !fitsIntoAnArgument(header.name))
            ++unnamed;
        else if (!header.value)
            arguments << u"-H "_s + shellQuoted(exactText(header.name)); // kcat: null without a sign
        else if (fitsIntoAnArgument(*header.value))
            arguments << u"-H "_s + shellQuoted(exactText(header.name + '=' + *header.value));
        else
            ++binary;
    }
    if (binary > 0)
        copied.missing << (binary == 1 ? u"1 header is binary: it is left out"_s
                                       : u"%1 headers are binary: they are left out"_s.arg(binary));
    if (unnamed > 0)
        copied.missing << (unnamed == 1
                               ? u"1 header has a name that kcat cannot take: it is left out"_s
                               : u"%1 headers have names that kcat cannot take: they are left out"_s.arg(unnamed));
    if (letter.facts.isPointer && !record.value) {
        copied.missing << u"the payload stayed elsewhere; there is nothing to send"_s;
        return copied;
    }
    if (record.value && record.value->isEmpty()) {
        copied.missing << u"the payload is empty and not null; kcat sends no such message"_s;
        return copied;
    }
    // kcat takes a file as one message, whatever its bytes, but no empty one: null goes by a line `key TAB`.
    copied.line =
        record.value
            ? u"spillwayctl dlq show %1 --raw > %1.payload && %2 %1.payload"_s.arg(letter.id, arguments.join(u' '))
            : u"printf '%s\\t\\n' %1 | %2 -K '\\t' -Z"_s.arg(shellQuoted(key), arguments.join(u' '));
    return copied;
}

QString showLine(const DeadLetter& letter)
{
    return u"spillwayctl dlq show %1"_s.arg(letter.id);
}

} // namespace spillway
