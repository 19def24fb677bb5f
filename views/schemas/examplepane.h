// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemachange.h"

#include <QWidget>

class QPlainTextEdit;
class QPushButton;

namespace spillway::views {

class PlainTextLabel;

/// A document that shows a break, whole, with its bytes where it has some, to be read and copied.
class ExamplePane final : public QWidget
{
    Q_OBJECT
public:
    explicit ExamplePane(QWidget* parent = nullptr);

    /// @param from, to  the two versions
    void show(const SchemaChange& change, int from, int to);
    /// A sentence instead.
    void say(const QString& sentence);

private:
    PlainTextLabel* m_what = nullptr;
    QPlainTextEdit* m_text = nullptr;
    QPushButton* m_copy = nullptr;
    QPushButton* m_copyHex = nullptr;
    QString m_document;
    QString m_hex;
};

} // namespace spillway::views
