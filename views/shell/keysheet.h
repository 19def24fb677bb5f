// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QFrame>
#include <QList>

class QGridLayout;

namespace spillway::views {

/// All keys, under `?`. Any key closes it.
class KeySheet final : public QFrame
{
    Q_OBJECT
public:
    explicit KeySheet(QWidget* parent);
    struct Section
    {
        QString title;
        QList<QAction*> actions;
        QList<std::pair<QString, QString>> others; ///< key, what it does
    };
    void open(const QList<Section>& sections);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QWidget* m_body = nullptr;
};

} // namespace spillway::views
