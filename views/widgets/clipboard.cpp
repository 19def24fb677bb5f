// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/clipboard.h"

#include <QClipboard>
#include <QGuiApplication>

namespace spillway::views {

namespace {

Masker& clipboardMasker()
{
    static Masker masker; // one clipboard, one rule for it
    return masker;
}

QString masked(const QString& text)
{
    const Masker& masker = clipboardMasker();
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
    clipboardMasker() = masker;
}

void copyText(const QString& text)
{
    QGuiApplication::clipboard()->setText(masked(text));
}

} // namespace spillway::views
