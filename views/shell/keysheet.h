// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QFrame>
#include <QList>
#include <QPointer>

class QScrollArea;

namespace spillway::views {

/// All keys, under `?`, in as many columns as the window's height asks for and its width allows. Where that is not
/// enough arrows and page keys scroll; any other key closes it.
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
    [[nodiscard]] QWidget* columns(const QList<Section>& sections, int mostRows);
    void close();
    QScrollArea* m_scroll = nullptr;
    QPointer<QWidget> m_before; // had the keyboard, and gets it back
};

} // namespace spillway::views
