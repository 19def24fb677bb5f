// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/theme/tokens.h"

#include <QFrame>
#include <QWidget>

namespace spillway::views {

class PlainTextLabel;

/// The one sentence with the answer, and a quieter line under it.
class Headline final : public QWidget
{
    Q_OBJECT
public:
    explicit Headline(QWidget* parent = nullptr);
    void setSentence(const QString& sentence);
    void setDetail(const QString& detail);
    [[nodiscard]] QString sentence() const;

private:
    PlainTextLabel* m_sentence = nullptr;
    PlainTextLabel* m_detail = nullptr;
};

/// A separator of one pixel.
[[nodiscard]] QFrame* hairline(Qt::Orientation orientation, QWidget* parent = nullptr);

} // namespace spillway::views
