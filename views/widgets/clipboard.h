// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/mask/masker.h"

#include <QString>

/// The one way of text into the clipboard, which belongs to the whole desktop: what lies there can be pasted anywhere.
/// UI thread.
namespace spillway::views {

/// By which rules texts are masked from now on; set where a workspace opens.
void setClipboardMasker(const Masker& masker);
[[nodiscard]] const Masker& clipboardMasker();

/// Masked for the clipboard: JSON by fields and patterns, other text by patterns; also while a letter is shown without
/// masks. What is masked already stays as it is.
void copyText(const QString& text);

/// A value of a JSON document, masked as its names say: it stands between `before` and `behind`, which together are a
/// document. Where one of these names makes a mark of more than the value, the mark is copied.
void copyValue(const QByteArray& before, const QByteArray& value, const QByteArray& behind);

} // namespace spillway::views
