// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/clipboard.h"

#include "model/base/utf8text.h"

#include <QClipboard>
#include <QGuiApplication>

namespace spillway::views {

namespace {

Masker& theMasker()
{
    static Masker masker; // one clipboard, one rule for it
    return masker;
}

QString masked(const QString& text)
{
    const Masker& masker = theMasker();
    if (!masker.isOn(MaskPurpose::Clipboard))
        return text;
    const MaskedBytes bytes = masker.payload(text.toUtf8(), MaskPurpose::Clipboard);
    switch (bytes.coverage) {
    case MaskCoverage::None:
        return text;
    case MaskCoverage::Parts:
        return QString::fromUtf8(bytes.bytes);
    case MaskCoverage::Whole: // part of a payload, or rows of a table that begin like one
        return masker.text(text, MaskPurpose::Clipboard);
    }
    return {};
}

} // namespace

void setClipboardMasker(const Masker& masker)
{
    theMasker() = masker;
}

const Masker& clipboardMasker()
{
    return theMasker();
}

void copyText(const QString& text)
{
    QGuiApplication::clipboard()->setText(masked(text));
}

void copyValue(const QByteArray& before, const QByteArray& value, const QByteArray& behind)
{
    const QByteArray whole = before + value + behind;
    const MaskedBytes masked = theMasker().payload(whole, MaskPurpose::Clipboard);
    QByteArrayView copied = value;
    if (masked.coverage != MaskCoverage::None) {
        const QByteArrayView bytes = masked.bytes;
        const bool isAround = bytes.size() >= before.size() + behind.size() && bytes.startsWith(before) &&
                              bytes.endsWith(behind) && masked.coverage == MaskCoverage::Parts;
        copied = isAround ? bytes.sliced(before.size(), bytes.size() - before.size() - behind.size()) : maskMark;
    }
    QGuiApplication::clipboard()->setText(exactText(copied));
}

} // namespace spillway::views
